// Whose people one looks after: an admin those of one account, an owner everybody. The API does the same for both.

import { type Schemas, api, call } from '../api/client';
import type { PageOf } from '../api/paging';

export type Person = Schemas['PersonView'];
export type RoleIn = Schemas['RoleIn'];

interface Query {
  cursor?: string;
  limit: number;
  q?: string;
}

export interface PeopleDesk {
  list(query: Query, signal?: AbortSignal): Promise<PageOf<Person>>;
  add(body: Schemas['NewPerson']): Promise<Schemas['AddedPerson']>;
  change(person: Person, change: { display_name?: string; disabled?: boolean }): Promise<unknown>;
  replaceRoles(person: Person, roles: RoleIn[]): Promise<unknown>;
  /** A password is made when none is given. */
  resetPassword(person: Person, password?: string): Promise<Schemas['NewPassword']>;
  resetFactor(person: Person): Promise<unknown>;
}

export function staffOf(account: string): PeopleDesk {
  const of = ({ id }: Person) => ({ path: { account, person: id } });
  return {
    list: (query, signal) => call(api.GET('/api/v1/accounts/{account}/people', { params: { path: { account }, query }, signal })),
    add: (body) => call(api.POST('/api/v1/accounts/{account}/people', { params: { path: { account } }, body })),
    change: (person, change) =>
      call(api.PATCH('/api/v1/accounts/{account}/people/{person}', { params: of(person), body: { ...change, version: person.version } })),
    replaceRoles: (person, roles) =>
      call(api.PUT('/api/v1/accounts/{account}/people/{person}/roles', { params: of(person), body: { roles, version: person.version } })),
    resetPassword: (person, password) =>
      call(
        api.POST('/api/v1/accounts/{account}/people/{person}/password', { params: of(person), body: { password, version: person.version } }),
      ),
    resetFactor: (person) =>
      call(api.POST('/api/v1/accounts/{account}/people/{person}/factor-reset', { params: of(person), body: { version: person.version } })),
  };
}

export function everybody(): PeopleDesk {
  const of = ({ id }: Person) => ({ path: { person: id } });
  return {
    list: (query, signal) => call(api.GET('/api/v1/people', { params: { query }, signal })),
    add: (body) => call(api.POST('/api/v1/people', { body })),
    change: (person, change) =>
      call(api.PATCH('/api/v1/people/{person}', { params: of(person), body: { ...change, version: person.version } })),
    replaceRoles: (person, roles) =>
      call(api.PUT('/api/v1/people/{person}/roles', { params: of(person), body: { roles, version: person.version } })),
    resetPassword: (person, password) =>
      call(api.POST('/api/v1/people/{person}/password', { params: of(person), body: { password, version: person.version } })),
    resetFactor: (person) =>
      call(api.POST('/api/v1/people/{person}/factor-reset', { params: of(person), body: { version: person.version } })),
  };
}
