import type { RouteRecordRaw } from 'vue-router';

export default [
  { path: 'a/:account/events', name: 'events', meta: { ability: 'read' }, component: () => import('./EventsPage.vue') },
  { path: 'a/:account/events/:event', name: 'event', meta: { ability: 'write' }, component: () => import('./EventPage.vue') },
] satisfies RouteRecordRaw[];
