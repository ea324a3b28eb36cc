import type { RouteRecordRaw } from 'vue-router';

export default [
  { path: 'a/:account/places', name: 'places', meta: { ability: 'read' }, component: () => import('./PlacesPage.vue') },
  { path: 'a/:account/places/:place', name: 'place', meta: { ability: 'write' }, component: () => import('./PlacePage.vue') },
] satisfies RouteRecordRaw[];
