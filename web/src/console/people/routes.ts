import type { RouteRecordRaw } from 'vue-router';

const PeoplePage = () => import('./PeoplePage.vue');

export default [
  { path: 'a/:account/people', name: 'people', meta: { ability: 'manage' }, component: PeoplePage },
  { path: 'people', name: 'everybody', meta: { owner: true }, props: { everywhere: true }, component: PeoplePage },
] satisfies RouteRecordRaw[];
