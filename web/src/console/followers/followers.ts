// The API's followers and tags.

import { type Schemas, api, call, isApiError } from '../api/client';

export type Follower = Schemas['FollowerView'];
export type Tag = Schemas['TagView'];

export function loadTags(account: string): Promise<Tag[]> {
  return call(api.GET('/api/v1/accounts/{account}/followers/tags', { params: { path: { account } } }));
}

export const nameOf = ({ remark, openid }: Follower) => remark || openid;

/** What a resident's tags are called; nothing when the resident has been forgotten meanwhile. */
export async function tagsOf(account: string, id: number): Promise<string[]> {
  try {
    const path = { account, id };
    const [{ follower }, known] = await Promise.all([
      call(api.GET('/api/v1/accounts/{account}/followers/{id}', { params: { path } })),
      loadTags(account),
    ]);
    return known.filter((tag) => follower.tags.includes(tag.id)).map(({ name }) => name);
  } catch (error) {
    if (isApiError(error, 'not_found')) {
      return [];
    }
    throw error;
  }
}
