// Who is signed in, and which account is on the screen.

import { type ComputedRef, computed, ref, shallowRef } from 'vue';
import { useRoute } from 'vue-router';
import { type Schemas, api, call, isApiError, useCsrf } from './api/client';
import type { Ability } from './texts';

export type Session = Schemas['SessionView'];
export type Account = Schemas['Workplace'];

const REMEMBERED_ACCOUNT = 'hopetree.console.account';

const current = shallowRef<Session>();
let asking: Promise<Session | undefined> | undefined;

/** The session, or nothing when nobody is signed in. */
export const session: ComputedRef<Session | undefined> = computed(() => current.value);

/** Whether the session has ended, and the page stays for what is unsaved on it. */
export const isSignInAgainOpen = ref(false);

/** Asks the server once who is signed in. A failure to reach it is thrown, and asked again the next time. */
export function loadSession(): Promise<Session | undefined> {
  asking ??= call(api.GET('/api/v1/session')).then(begin, (error: unknown) => {
    if (isApiError(error) && error.status === 401) {
      return undefined;
    }
    asking = undefined;
    throw error;
  });
  return asking;
}

/** Asks again: for abilities that have changed, or after a change of the own account. */
export function reloadSession(): Promise<Session | undefined> {
  asking = undefined;
  return loadSession();
}

export async function signIn(name: string, password: string, code?: string): Promise<Session> {
  return begin(await call(api.POST('/api/v1/session', { body: { name, password, code } })));
}

export async function signOut(): Promise<void> {
  try {
    await call(api.DELETE('/api/v1/session'));
  } catch (error) {
    // Whoever is signed out already has what they wanted.
    if (!isApiError(error) || error.status !== 401) {
      throw error;
    }
  }
  endSession();
}

/** The other sessions of this person end; this one goes on. */
export async function changePassword(currentPassword: string, next: string): Promise<void> {
  await call(api.POST('/api/v1/me/password', { body: { current: currentPassword, next } }));
  await reloadSession();
}

export function endSession() {
  current.value = undefined;
  isSignInAgainOpen.value = false;
  asking = undefined;
  useCsrf('');
}

function begin(found: Session): Session {
  current.value = found;
  asking = Promise.resolve(found);
  useCsrf(found.csrf);
  return found;
}

/** The account that the address names, else the one that was on the screen last. */
export function accountOf(slug: unknown): Account | undefined {
  const accounts = current.value?.accounts ?? [];
  const named = (wanted: unknown) => accounts.find((account) => account.slug === wanted);
  return slug === undefined ? (named(localStorage.getItem(REMEMBERED_ACCOUNT)) ?? accounts[0]) : named(slug);
}

export function rememberAccount(slug: string) {
  localStorage.setItem(REMEMBERED_ACCOUNT, slug);
}

/** The account of a page below /a/:account. The frame shows such a page only when there is one. */
export function useAccount(): ComputedRef<Account> {
  const route = useRoute();
  // The address changes before the page goes: until then it keeps its account.
  const own = route.params.account;
  return computed(() => {
    const account = accountOf(own);
    if (account === undefined) {
      throw new Error('a page that needs an account was shown without one');
    }
    return account;
  });
}

export function can(account: Account | undefined, ability: Ability): boolean {
  return account?.abilities.includes(ability) ?? false;
}
