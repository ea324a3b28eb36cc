import type { RouteRecordRaw } from 'vue-router';

export default [
  { path: 'a/:account/words', name: 'words', meta: { ability: 'read' }, component: () => import('./WordsPage.vue') },
] satisfies RouteRecordRaw[];
