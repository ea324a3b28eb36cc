// News of conversations as they change. However many parts of a page listen, there is one line to the server; and none while the
// page cannot be seen, since a browser has few lines to a server for all of its tabs.

import { type Ref, computed, onBeforeUnmount, onMounted, ref, shallowRef } from 'vue';
import { reloadSession } from '../session';

const AGAIN_MS = 5_000;
/** News is gathered for a moment, so that a storm of messages is a handful of questions. */
const GATHERED_MS = 300;

interface Listener {
  /** These conversations have changed. */
  changed(ids: number[]): unknown;
  /** So much has changed that everything is to be asked for anew. */
  behind(): unknown;
}

interface Line {
  listeners: Set<Listener>;
  isLive: Ref<boolean>;
  close(): void;
}

const lines = new Map<string, Line>();

/** Listens while the page or the part is there; comes back by itself when the line breaks. Says whether the line stands. */
export function useNews(account: string, listener: Listener) {
  const line = shallowRef<Line>();
  onMounted(() => {
    line.value = lines.get(account) ?? openLine(account);
    lines.set(account, line.value);
    line.value.listeners.add(listener);
  });
  onBeforeUnmount(() => {
    line.value?.listeners.delete(listener);
    if (line.value?.listeners.size === 0) {
      line.value.close();
      lines.delete(account);
    }
  });
  return computed(() => line.value?.isLive.value ?? true);
}

function openLine(account: string): Line {
  const listeners = new Set<Listener>();
  const isLive = ref(true);
  const waiting = new Set<number>();
  let source: EventSource | undefined;
  let gathering: ReturnType<typeof setTimeout> | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;
  let hasMissed = false;

  const tell = (what: (listener: Listener) => unknown) => [...listeners].forEach(what);

  function listen() {
    source = new EventSource(`/api/v1/accounts/${encodeURIComponent(account)}/conversations/stream`);
    source.addEventListener('open', (event) => {
      if (event instanceof MessageEvent) {
        isLive.value = true;
        if (hasMissed) {
          hasMissed = false;
          tell((listener) => listener.behind());
        }
      }
    });
    source.addEventListener('changed', (event) => {
      const { conversation } = JSON.parse((event as MessageEvent<string>).data) as { conversation: number };
      waiting.add(conversation);
      gathering ??= setTimeout(() => {
        gathering = undefined;
        const ids = [...waiting];
        waiting.clear();
        tell((listener) => listener.changed(ids));
      }, GATHERED_MS);
    });
    source.addEventListener('behind', () => tell((listener) => listener.behind()));
    source.addEventListener('ended', () => {
      source?.close();
      void reloadSession();
    });
    source.onerror = () => {
      isLive.value = false;
      hasMissed = true;
      // The browser tries again by itself, save after an answer that was no stream.
      if (source?.readyState === EventSource.CLOSED) {
        again = setTimeout(listen, AGAIN_MS);
      }
    };
  }

  function hangUp() {
    source?.close();
    clearTimeout(gathering);
    clearTimeout(again);
    gathering = undefined;
    waiting.clear();
  }

  function onVisibility() {
    hangUp();
    if (document.visibilityState === 'visible') {
      hasMissed = true;
      listen();
    }
  }

  document.addEventListener('visibilitychange', onVisibility);
  if (document.visibilityState === 'visible') {
    listen();
  }
  return {
    listeners,
    isLive,
    close() {
      document.removeEventListener('visibilitychange', onVisibility);
      hangUp();
    },
  };
}
