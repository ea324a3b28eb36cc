import type { RouteRecordRaw } from 'vue-router';

export default [
  { path: 'a/:account/answers', name: 'answers', meta: { ability: 'read' }, component: () => import('./AnswersPage.vue') },
  { path: 'a/:account/answers/rules/:rule', name: 'rule', meta: { ability: 'read' }, component: () => import('./RulePage.vue') },
  { path: 'a/:account/answers/greetings/:greeting', name: 'greeting', meta: { ability: 'read' }, component: () => import('./GreetingPage.vue') },
] satisfies RouteRecordRaw[];
