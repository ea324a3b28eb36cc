import { expect, test } from 'vitest';
import { byPlace, rolesAt, withRoles } from './roles';
import type { RoleIn } from './desk';

const given: RoleIn[] = [{ role: 'editor', account: 'hope' }, { role: 'town' }, { role: 'agent', account: 'east' }];

test('roles are told by place, those that hold everywhere first', () => {
  const names: Record<string, string> = { hope: '希望社区', east: '东风社区' };
  expect(byPlace(given, (slug) => names[slug] ?? slug)).toEqual([
    { place: '', roles: ['镇级查看'] },
    { place: '希望社区', roles: ['编辑'] },
    { place: '东风社区', roles: ['坐席'] },
  ]);
});

test('what is chosen at one place leaves the others as they are', () => {
  expect(withRoles(given, 'hope', ['reviewer', 'publisher'])).toEqual([
    { role: 'town' },
    { role: 'agent', account: 'east' },
    { role: 'reviewer', account: 'hope' },
    { role: 'publisher', account: 'hope' },
  ]);
  expect(withRoles(given, undefined, [])).toEqual([given[0], given[2]]);
  expect(rolesAt(given, undefined)).toEqual(['town']);
});
