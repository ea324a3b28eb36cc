import type { RouteRecordRaw } from 'vue-router';

export default [
  { path: 'a/:account/contacts', name: 'contacts', meta: { ability: 'read' }, component: () => import('./ContactsPage.vue') },
  { path: 'a/:account/contacts/:contact', name: 'contact', meta: { ability: 'write' }, component: () => import('./ContactPage.vue') },
] satisfies RouteRecordRaw[];
