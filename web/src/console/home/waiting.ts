// What waits for a person: each source looks through one section, and counts what they are to do there.

import type { RouteLocationRaw } from 'vue-router';
import { api, call } from '../api/client';
import { LATE_REVIEWS } from '../reviews/waiting';
import { type Account, can } from '../session';
import { texts } from '../texts';

export interface Waiting {
  count: number;
  /** There may be more than were counted. */
  orMore?: boolean;
  title: string;
  to: RouteLocationRaw;
}

export interface Source {
  /** The name of the section's route: a source is asked when one may go there. */
  section: string;
  load(account: Account): Promise<Waiting[]>;
}

// Those with the latest messages come first.
const MOST_CONVERSATIONS = 100;
const MOST_MISSED = 20;

// What one's part is in each state.
const STATES = [
  { state: 'first', ability: 'review' },
  { state: 'second', ability: 'review' },
  { state: 'third', ability: 'review' },
  { state: 'approved', ability: 'publish' },
  { state: 'draft', ability: 'write' },
] as const;

export const SOURCES: Source[] = [
  LATE_REVIEWS,
  {
    section: 'notices',
    async load(account) {
      const path = { account: account.slug };
      const counts = await call(api.GET('/api/v1/accounts/{account}/notice-counts', { params: { path } }));
      return STATES.filter(({ ability }) => can(account, ability)).map(({ state }) => ({
        count: counts.states[state] ?? 0,
        title: texts.home.waiting[state],
        to: { name: 'notices', params: path, query: { state } },
      }));
    },
  },
  {
    section: 'notices',
    async load(account) {
      if (!can(account, 'publish')) {
        return [];
      }
      const params = { path: { account: account.slug }, query: { missed: true, limit: MOST_MISSED } };
      const { items, next } = await call(api.GET('/api/v1/accounts/{account}/notices', { params }));
      const to = { name: 'notices', params: params.path, query: { state: 'missed' } };
      return [{ count: items.length, orMore: Boolean(next), title: texts.home.waiting.missed, to }];
    },
  },
  {
    section: 'conversations',
    async load(account) {
      const params = { path: { account: account.slug }, query: { limit: MOST_CONVERSATIONS } };
      const { items, next } = await call(api.GET('/api/v1/accounts/{account}/conversations', { params }));
      const count = items.filter(({ unread }) => unread > 0).length;
      const to = { name: 'conversations', params: params.path };
      return [{ count, orMore: Boolean(next) && count === items.length, title: texts.home.waiting.conversations, to }];
    },
  },
];
