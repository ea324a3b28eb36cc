// The notices that residents see, the one changed last in front.

import { type Schemas, api, call } from '../api/client';

const PAGE = 100;
/** So far back one looks for what was chosen at another time. */
const PAGES = 5;

export async function* liveNotices(account: string): AsyncGenerator<Schemas['NoticeRow']> {
  let cursor: string | undefined;
  for (let count = 0; count < PAGES; count += 1) {
    const params = { path: { account }, query: { live: true, limit: PAGE, cursor } };
    const page = await call(api.GET('/api/v1/accounts/{account}/notices', { params }));
    yield* page.items;
    if (page.next == null) {
      return;
    }
    cursor = page.next;
  }
}
