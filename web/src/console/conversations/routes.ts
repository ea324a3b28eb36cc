import type { RouteRecordRaw } from 'vue-router';

export default [
  { path: 'a/:account/conversations', name: 'conversations', meta: { ability: 'converse' }, component: () => import('./ConversationsPage.vue') },
] satisfies RouteRecordRaw[];
