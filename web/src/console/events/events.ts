// The API's events.

import { type Schemas, api, call } from '../api/client';
import { type FactsApi, asFile } from '../facts/facts';

export type EventItem = Schemas['EventView'];
export type EventInput = Schemas['EventInput'];

export function eventsApi(account: string): FactsApi<EventItem> {
  const path = { account };
  return {
    address: `/api/v1/accounts/${account}/events`,
    list: (cursor, q, signal) =>
      call(api.GET('/api/v1/accounts/{account}/events', { params: { path, query: { cursor, q: q || undefined, limit: 50 } }, signal })),
    remove: ({ id, version }) =>
      call(api.DELETE('/api/v1/accounts/{account}/events/{id}', { params: { path: { account, id }, query: { version } } })),
    restore: (event) =>
      call(api.POST('/api/v1/accounts/{account}/events', { params: { path }, body: { ...inputOf(event), slug: event.slug } })),
    bring: (file, dryRun) =>
      call(
        api.POST('/api/v1/accounts/{account}/events/import', {
          params: { path, query: { dry_run: dryRun } },
          body: file as never,
          ...asFile,
        }),
      ),
  };
}

export function inputOf(event: EventItem): EventInput {
  const { title, starts_at, ends_at, venue, place, organizer, audience, signup, body } = event;
  return {
    title,
    starts_at,
    ends_at,
    venue,
    place: place ?? null,
    organizer: organizer ?? null,
    audience: audience ?? null,
    signup: signup ?? null,
    body,
  };
}
