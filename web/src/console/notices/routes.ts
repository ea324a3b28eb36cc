import type { RouteRecordRaw } from 'vue-router';

export default [
  { path: 'a/:account/notices', name: 'notices', meta: { ability: 'read' }, component: () => import('./NoticesPage.vue') },
  { path: 'a/:account/notices/:notice', name: 'notice', meta: { ability: 'read' }, component: () => import('./NoticePage.vue') },
] satisfies RouteRecordRaw[];
