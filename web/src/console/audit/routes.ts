import type { RouteRecordRaw } from 'vue-router';

export default [
  { path: 'a/:account/audit', name: 'audit', meta: { ability: 'manage' }, component: () => import('./AuditPage.vue') },
] satisfies RouteRecordRaw[];
