import type { RouteRecordRaw } from 'vue-router';

export default [
  { path: 'a/:account/settings', name: 'settings', meta: { ability: 'read' }, component: () => import('./SettingsPage.vue') },
] satisfies RouteRecordRaw[];
