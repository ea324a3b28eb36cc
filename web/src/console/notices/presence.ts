// Who else has a notice open, and whether somebody has saved it meanwhile.

import { onBeforeUnmount, onMounted, shallowRef } from 'vue';
import { type Schemas, ApiError, api, call } from '../api/client';

const BEAT_MS = 15_000;

/** `path` gives none while there is no notice yet; `heard` is told each time who is there, and which version is kept. */
export function usePresence(path: () => { account: string; id: number } | undefined, heard: (version: number) => Promise<unknown>) {
  const present = shallowRef<Schemas['NoticePresence']>();
  let timer: ReturnType<typeof setInterval> | undefined;
  let announced: { account: string; id: number } | undefined;

  async function beat() {
    const at = path();
    if (at === undefined) {
      return;
    }
    announced = at;
    try {
      const now = await call(api.POST('/api/v1/accounts/{account}/notices/{id}/presence', { params: { path: at } }));
      await heard(now.version);
      present.value = now;
    } catch (error) {
      // The page has no need of it: it is heard with the next beat.
      if (!(error instanceof ApiError)) {
        throw error;
      }
    }
  }

  function leave() {
    if (announced !== undefined) {
      // Goes out even when the page is closed; whoever cannot say so is forgotten after three beats.
      const request = api.DELETE('/api/v1/accounts/{account}/notices/{id}/presence', { params: { path: announced }, keepalive: true });
      request.catch(() => undefined);
      announced = undefined;
    }
  }

  // Whoever copies from Word meanwhile still has it open; coming back, one sees at once what has happened.
  const show = () => void beat();
  onMounted(() => {
    void beat();
    timer = setInterval(show, BEAT_MS);
    document.addEventListener('visibilitychange', show);
    window.addEventListener('pagehide', leave);
  });
  onBeforeUnmount(() => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', show);
    window.removeEventListener('pagehide', leave);
    leave();
  });
  return { present, beat };
}
