import type { RouteRecordRaw } from 'vue-router';

export default [
  { path: 'a/:account/people', name: 'people', meta: { ability: 'manage' }, component: () => import('./PeoplePage.vue') },
] satisfies RouteRecordRaw[];
