// What waits for a person: each source looks through one section, and counts what they are to do there.

import type { RouteLocationRaw } from 'vue-router';
import { api, call } from '../api/client';
import type { Account } from '../session';
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

export const SOURCES: Source[] = [
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
