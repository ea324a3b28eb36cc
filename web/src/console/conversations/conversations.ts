// The API's conversations.

import { ref } from 'vue';
import { type Schemas, api, call } from '../api/client';

export type Conversation = Schemas['ConversationView'];
export type Exchange = Schemas['Exchange'];
export type Bubble = Schemas['Bubble'];
export type Hit = Schemas['Hit'];

/** Counts what one has read in this page, so that the number beside the navigation follows. */
export const readings = ref(0);

export function conversation(account: string, id: number): Promise<Conversation> {
  return call(api.GET('/api/v1/accounts/{account}/conversations/{id}', { params: { path: { account, id } } }));
}

export function messages(account: string, id: number, cursor?: string) {
  return call(
    api.GET('/api/v1/accounts/{account}/conversations/{id}/messages', { params: { path: { account, id }, query: { cursor, limit: 30 } } }),
  );
}

export const nameOf = ({ remark, openid }: Conversation) => remark || openid;
