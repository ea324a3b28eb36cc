import type { RouteRecordRaw } from 'vue-router';

export default [
  { path: 'a/:account/followers', name: 'followers', meta: { ability: 'read' }, component: () => import('./FollowersPage.vue') },
  { path: 'a/:account/followers/:follower', name: 'follower', meta: { ability: 'converse' }, component: () => import('./FollowerPage.vue') },
] satisfies RouteRecordRaw[];
