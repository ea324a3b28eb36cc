import type { RouteRecordRaw } from 'vue-router';

export default [
  { path: 'a/:account/menu', name: 'menu', meta: { ability: 'read' }, component: () => import('./MenuPage.vue') },
] satisfies RouteRecordRaw[];
