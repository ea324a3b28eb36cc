// The API's places.

import { type Schemas, api, call } from '../api/client';
import { type FactsApi, asFile } from '../facts/facts';

export type Place = Schemas['PlaceView'];
export type PlaceInput = Schemas['PlaceInput'];

export function placesApi(account: string): FactsApi<Place> {
  const path = { account };
  return {
    address: `/api/v1/accounts/${account}/places`,
    list: (cursor, q, signal) =>
      call(api.GET('/api/v1/accounts/{account}/places', { params: { path, query: { cursor, q: q || undefined, limit: 100 } }, signal })),
    remove: ({ id, version }) =>
      call(api.DELETE('/api/v1/accounts/{account}/places/{id}', { params: { path: { account, id }, query: { version } } })),
    restore: (place) => call(api.POST('/api/v1/accounts/{account}/places', { params: { path }, body: inputOf(place, true) })),
    order: (ids) => call(api.PUT('/api/v1/accounts/{account}/places/order', { params: { path }, body: { ids } })),
    bring: (file, dryRun) =>
      call(
        api.POST('/api/v1/accounts/{account}/places/import', {
          params: { path, query: { dry_run: dryRun } },
          body: file as never,
          ...asFile,
        }),
      ),
  };
}

export function inputOf(place: Place, withPlace = false): PlaceInput {
  const { name, category, address, phone, hours, latitude, longitude, note, slug, position } = place;
  const typed = { name, category, address, phone: phone ?? null, hours: hours ?? null, latitude, longitude, note: note ?? null };
  return withPlace ? { ...typed, slug, position } : typed;
}

/** All of them, for the map and for choosing one; there are at most 5,000. */
export async function allPlaces(account: string): Promise<Place[]> {
  const places: Place[] = [];
  let cursor: string | undefined;
  do {
    const page = await call(
      api.GET('/api/v1/accounts/{account}/places', { params: { path: { account }, query: { cursor, limit: 100 } } }),
    );
    places.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined && places.length < 5_000);
  return places;
}
