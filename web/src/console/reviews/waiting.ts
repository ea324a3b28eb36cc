// Third reviews that are owed after a hurry, for those who may sign them.

import { api, call } from '../api/client';
import type { Source } from '../home/waiting';
import { can } from '../session';
import { texts } from './texts';

export const LATE_REVIEWS: Source = {
  section: 'review-sheet',
  async load(account) {
    if (!can(account, 'publish')) {
      return [];
    }
    const path = { account: account.slug };
    const owed = await call(api.GET('/api/v1/accounts/{account}/late-reviews', { params: { path } }));
    // The one that is due first is opened.
    return [true, false].flatMap((isOverdue) => {
      const late = owed.filter(({ is_overdue }) => is_overdue === isOverdue);
      const to = { name: 'notice', params: { account: account.slug, notice: late[0]?.notice ?? 0 } };
      return late.length === 0 ? [] : [{ count: late.length, title: isOverdue ? texts.waitingOverdue : texts.waitingLate, to }];
    });
  },
};
