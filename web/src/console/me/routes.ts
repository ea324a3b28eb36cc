import type { RouteRecordRaw } from 'vue-router';

export default [
  { path: 'me/sessions', name: 'my-sessions', component: () => import('./MySessionsPage.vue') },
  { path: 'me/password', name: 'my-password', component: () => import('./MyPasswordPage.vue') },
  { path: 'me/two-steps', name: 'my-two-steps', component: () => import('./MyTwoStepsPage.vue') },
] satisfies RouteRecordRaw[];
