// How to add a page:
//
// 1. A folder for the feature (`notices/`) with its pages, its words (`texts.ts`) and its `routes.ts`, which is found by its name:
//      export default [
//        { path: 'a/:account/notices', name: 'notices', meta: { ability: 'read' }, component: () => import('./NoticeList.vue') },
//        { path: 'a/:account/notices/:notice', name: 'notice', meta: { ability: 'read' }, component: () => import('./NoticeEditor.vue') },
//      ] satisfies RouteRecordRaw[];
//    `ability`: what one must be able to do here; others get the 403 page. `owner: true` is for the owner alone.
// 2. The navigation shows a section as soon as a route has its name (`layout/navigation.ts`); pages below it belong to it by path.
// 3. A page stands in <PageFrame :title>, which sets the tab's title and takes the focus. It gets its account from
//    `useAccount()` (session.ts), speaks through `call(api.GET(…))` (api/client.ts), lists with `usePaged` and <LoadMore>, saves with
//    `useSaving`, asks with `confirmDanger`, and guards what is unsaved with `useUnsavedGuard`. ApiErrors that it does not catch
//    are shown: as the whole page when loading it failed, as a message when an action did.
// 4. Element Plus by name: `import { ElTable } from 'element-plus'`; the styles come along. What axe has against it: ElTree's check boxes
//    and a bare ElInput, ElSelect or ElSwitch need an `aria-label`; ElUpload nests buttons (use a hidden file input and an ElButton).
// A page is made anew when its path changes, and stays when only the query does (for filters).

import { ref } from 'vue';
import { type RouteLocationRaw, type RouteRecordRaw, createRouter, createWebHistory } from 'vue-router';
import { ApiError, onSignedOut } from './api/client';
import { hasUnsaved } from './parts/unsaved';
import { accountOf, endSession, isSignInAgainOpen, loadSession, rememberAccount, session } from './session';
import type { Ability } from './texts';

declare module 'vue-router' {
  interface RouteMeta {
    /** What one must be able to do in the account of the address. */
    ability?: Ability;
    /** For the owner alone. */
    owner?: boolean;
    /** May be seen without signing in. */
    open?: boolean;
  }
}

const features = import.meta.glob<RouteRecordRaw[]>('./*/routes.ts', { eager: true, import: 'default' });

export const router = createRouter({
  history: createWebHistory('/console/'),
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  routes: [
    { path: '/sign-in', name: 'sign-in', meta: { open: true }, component: () => import('./sign-in/SignInPage.vue') },
    { path: '/new-password', name: 'new-password', component: () => import('./sign-in/NewPasswordPage.vue') },
    { path: '/unreachable', name: 'unreachable', meta: { open: true }, component: () => import('./errors/UnreachablePage.vue') },
    {
      path: '/',
      component: () => import('./layout/ConsoleFrame.vue'),
      children: [
        { path: '', name: 'start', component: () => import('./errors/NoAccountsPage.vue') },
        { path: 'a/:account', name: 'home', component: () => import('./home/HomePage.vue') },
        ...Object.values(features).flat(),
        { path: ':path(.*)*', name: 'not-found', component: () => import('./errors/NotFoundPage.vue') },
      ],
    },
  ],
});

/** Whether a page is on its way. */
export const isNavigating = ref(false);

router.beforeEach(async (to): Promise<RouteLocationRaw | boolean> => {
  isNavigating.value = true;
  if (to.name === 'unreachable') {
    return true;
  }
  try {
    await loadSession();
  } catch (error) {
    if (error instanceof ApiError) {
      return { name: 'unreachable', query: { back: to.fullPath }, replace: true };
    }
    throw error;
  }
  if (session.value === undefined) {
    return to.meta.open === true || { name: 'sign-in', query: to.name === 'start' ? {} : { back: to.fullPath }, replace: true };
  }
  if (session.value.must_change_password) {
    return to.name === 'new-password' || { name: 'new-password', query: to.query, replace: true };
  }
  if (to.name === 'sign-in') {
    return { path: backOf(to.query.back), replace: true };
  }
  if (to.name === 'start') {
    const account = accountOf(undefined);
    return account === undefined || { name: 'home', params: { account: account.slug }, replace: true };
  }
  return true;
});

router.afterEach((to) => {
  isNavigating.value = false;
  const account = to.params.account === undefined ? undefined : accountOf(to.params.account);
  if (account !== undefined) {
    rememberAccount(account.slug);
  }
});

router.onError((error, to) => {
  isNavigating.value = false;
  // A newer console has been installed, and the parts of the old one are gone: get the new one, once.
  const RELOADED = 'hopetree.console.reloaded';
  if (isMissingPart(error) && sessionStorage.getItem(RELOADED) !== to.fullPath) {
    sessionStorage.setItem(RELOADED, to.fullPath);
    window.location.assign(router.resolve(to.fullPath).href);
  }
});

onSignedOut(() => {
  if (session.value === undefined) {
    return;
  }
  if (hasUnsaved()) {
    isSignInAgainOpen.value = true;
    return;
  }
  endSession();
  void router.replace({ name: 'sign-in', query: { back: router.currentRoute.value.fullPath, ended: '1' } });
});

/** Where to go after signing in: a path of the console, whatever the address says. */
export function wayBack(): string {
  return backOf(router.currentRoute.value.query.back);
}

function backOf(back: unknown): string {
  return typeof back === 'string' && /^\/(?![/\\])/.test(back) ? back : '/';
}

function isMissingPart(error: unknown): boolean {
  return error instanceof Error && /dynamically imported module|Importing a module script|preload CSS/i.test(error.message);
}
