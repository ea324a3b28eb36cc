// The API's telephone numbers.

import { type Schemas, api, call } from '../api/client';
import { type FactsApi, asFile } from '../facts/facts';

export type Contact = Schemas['ContactView'];
export type ContactInput = Schemas['ContactInput'];

export function contactsApi(account: string): FactsApi<Contact> {
  const path = { account };
  return {
    address: `/api/v1/accounts/${account}/contacts`,
    list: (cursor, q, signal) =>
      call(api.GET('/api/v1/accounts/{account}/contacts', { params: { path, query: { cursor, q: q || undefined, limit: 100 } }, signal })),
    remove: ({ id, version }) =>
      call(api.DELETE('/api/v1/accounts/{account}/contacts/{id}', { params: { path: { account, id }, query: { version } } })),
    restore: (contact) => call(api.POST('/api/v1/accounts/{account}/contacts', { params: { path }, body: inputOf(contact, true) })),
    order: (ids) => call(api.PUT('/api/v1/accounts/{account}/contacts/order', { params: { path }, body: { ids } })),
    bring: (file, dryRun) =>
      call(
        api.POST('/api/v1/accounts/{account}/contacts/import', {
          params: { path, query: { dry_run: dryRun } },
          body: file as never,
          ...asFile,
        }),
      ),
  };
}

export function inputOf(contact: Contact, withPlace = false): ContactInput {
  const { name, group, phone, hours, note, slug, position } = contact;
  const typed = { name, group, phone, hours: hours ?? null, note: note ?? null };
  return withPlace ? { ...typed, slug, position } : typed;
}
