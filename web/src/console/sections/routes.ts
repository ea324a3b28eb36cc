import type { RouteRecordRaw } from 'vue-router';

export default [
  { path: 'a/:account/sections', name: 'sections', meta: { ability: 'read' }, component: () => import('./SectionsPage.vue') },
  { path: 'a/:account/sections/:section', name: 'section', meta: { ability: 'read' }, component: () => import('./SectionPage.vue') },
] satisfies RouteRecordRaw[];
