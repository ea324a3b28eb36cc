// The API's conversations, and news of them.

import { onBeforeUnmount, onMounted, ref } from 'vue';
import { type Schemas, api, call } from '../api/client';
import { reloadSession } from '../session';

export type Conversation = Schemas['ConversationView'];
export type Exchange = Schemas['Exchange'];
export type Bubble = Schemas['Bubble'];
export type Hit = Schemas['Hit'];

const AGAIN_MS = 5_000;
/** News is gathered for a moment, so that a storm of messages is a handful of questions. */
const GATHERED_MS = 300;

interface Listener {
  /** These conversations have changed. */
  changed(ids: number[]): unknown;
  /** So much has changed that everything is to be asked for anew. */
  behind(): unknown;
}

/** Listens for news while the page is open; comes back by itself when the line breaks. */
export function useNews(account: string, { changed, behind }: Listener) {
  const isLive = ref(true);
  const waiting = new Set<number>();
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;
  let hasBroken = false;

  function listen() {
    source = new EventSource(`/api/v1/accounts/${encodeURIComponent(account)}/conversations/stream`);
    source.addEventListener('open', (event) => {
      if (event instanceof MessageEvent) {
        isLive.value = true;
        if (hasBroken) {
          hasBroken = false;
          behind();
        }
      }
    });
    source.addEventListener('changed', (event) => {
      const { conversation } = JSON.parse((event as MessageEvent<string>).data) as { conversation: number };
      waiting.add(conversation);
      timer ??= setTimeout(() => {
        timer = undefined;
        const ids = [...waiting];
        waiting.clear();
        changed(ids);
      }, GATHERED_MS);
    });
    source.addEventListener('behind', () => behind());
    source.addEventListener('ended', () => {
      source?.close();
      void reloadSession();
    });
    source.onerror = () => {
      isLive.value = false;
      hasBroken = true;
      // The browser tries again by itself, save after an answer that was no stream.
      if (source?.readyState === EventSource.CLOSED) {
        again = setTimeout(listen, AGAIN_MS);
      }
    };
  }

  onMounted(listen);
  onBeforeUnmount(() => {
    source?.close();
    clearTimeout(timer);
    clearTimeout(again);
  });
  return isLive;
}

export function conversation(account: string, id: number): Promise<Conversation> {
  return call(api.GET('/api/v1/accounts/{account}/conversations/{id}', { params: { path: { account, id } } }));
}

export function messages(account: string, id: number, cursor?: string) {
  return call(
    api.GET('/api/v1/accounts/{account}/conversations/{id}/messages', { params: { path: { account, id }, query: { cursor, limit: 30 } } }),
  );
}

export const nameOf = ({ remark, openid }: Conversation) => remark || openid;
