// The API's followers and tags.

import { type Schemas, api, call } from '../api/client';

export type Follower = Schemas['FollowerView'];
export type Tag = Schemas['TagView'];

export function loadTags(account: string): Promise<Tag[]> {
  return call(api.GET('/api/v1/accounts/{account}/followers/tags', { params: { path: { account } } }));
}

export const nameOf = ({ remark, openid }: Follower) => remark || openid;
