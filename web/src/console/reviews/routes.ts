import type { RouteRecordRaw } from 'vue-router';

export default [
  { path: 'a/:account/notices/:notice(\\d+)/sheet', name: 'review-sheet', meta: { ability: 'read' }, component: () => import('./SheetPage.vue') },
] satisfies RouteRecordRaw[];
