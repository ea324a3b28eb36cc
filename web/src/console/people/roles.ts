// Roles as they are given and told. No page and no request.

import { texts as frame } from '../texts';
import type { RoleIn } from './desk';

type Role = RoleIn['role'];

/** What one may be in an account, and what one may be in all of them. */
export const IN_ACCOUNT: Role[] = ['editor', 'reviewer', 'publisher', 'agent', 'admin'];
export const EVERYWHERE: Role[] = ['town', 'owner'];

/** What stands under one roof: `希望社区：编辑、审核`. Roles that hold everywhere come first, without a place. */
export function byPlace(roles: readonly RoleIn[], nameOf: (account: string) => string): { place: string; roles: string[] }[] {
  const places = [...new Set(roles.map(({ account }) => account ?? ''))].sort((one, other) => Number(one !== '') - Number(other !== ''));
  return places.map((place) => ({
    place: place === '' ? '' : nameOf(place),
    roles: roles.filter(({ account }) => (account ?? '') === place).map(({ role }) => frame.role(role)),
  }));
}

/** The roles after those of one place (none for everywhere) have been chosen anew. */
export function withRoles(roles: readonly RoleIn[], account: string | undefined, chosen: readonly Role[]): RoleIn[] {
  const others = roles.filter((given) => (given.account ?? undefined) !== account);
  return [...others, ...chosen.map((role) => (account === undefined ? { role } : { role, account }))];
}

export function rolesAt(roles: readonly RoleIn[], account: string | undefined): Role[] {
  return roles.filter((given) => (given.account ?? undefined) === account).map(({ role }) => role);
}
