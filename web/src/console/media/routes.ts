import type { RouteRecordRaw } from 'vue-router';

export default [
  { path: 'a/:account/media', name: 'media', meta: { ability: 'read' }, component: () => import('./MediaPage.vue') },
] satisfies RouteRecordRaw[];
