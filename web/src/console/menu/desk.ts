// The menu's page and the server: reads the desk, keeps the draft as one edits, publishes.

import { type Ref, onBeforeUnmount, ref, shallowRef, watch } from 'vue';
import { type Schemas, api, call, isApiError } from '../api/client';
import { askAboutStale } from '../parts/stale';
import { report } from '../parts/report';
import type { Definition } from './menu';

export type Desk = Schemas['MenuDesk'];

const PAUSE_MS = 700;

export function useDesk(account: string) {
  const desk = shallowRef<Desk>();
  const definition: Ref<Definition> = ref({ button: [] });
  const saving = ref(false);
  const dirty = ref(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: Promise<void> | undefined;
  let polling: ReturnType<typeof setTimeout> | undefined;
  let isReading = false;
  const path = { params: { path: { account } } };

  function take(next: Desk, withDraft: boolean) {
    desk.value = next;
    if (withDraft) {
      isReading = true;
      definition.value = JSON.parse(JSON.stringify({ button: [], ...next.draft.definition })) as Definition;
      dirty.value = false;
    }
    clearTimeout(polling);
    // WeChat takes it in the background.
    if (next.push?.state === 'waiting') {
      polling = setTimeout(() => void look(), 1_500);
    }
  }

  async function look() {
    try {
      take(await call(api.GET('/api/v1/accounts/{account}/menu', path)), false);
    } catch (error) {
      report(error);
    }
  }

  async function load() {
    take(await call(api.GET('/api/v1/accounts/{account}/menu', path)), true);
  }

  watch(
    definition,
    () => {
      if (isReading) {
        isReading = false;
        return;
      }
      dirty.value = true;
      clearTimeout(timer);
      timer = setTimeout(() => void save(), PAUSE_MS);
    },
    { deep: true },
  );

  /** Keeps the draft now; waits for one that is being kept. */
  async function save(): Promise<void> {
    clearTimeout(timer);
    await running;
    if (!dirty.value || desk.value === undefined) {
      return;
    }
    running = keep();
    await running;
    running = undefined;
  }

  async function keep() {
    saving.value = true;
    dirty.value = false;
    try {
      const body = { definition: definition.value, version: desk.value?.draft.version ?? 0 };
      take(await call(api.PUT('/api/v1/accounts/{account}/menu/draft', { ...path, body })), false);
    } catch (error) {
      dirty.value = true;
      if (isApiError(error) && error.code === 'stale') {
        if (await askAboutStale(true)) {
          await load();
        }
      } else {
        report(error);
      }
    } finally {
      saving.value = false;
    }
  }

  onBeforeUnmount(() => {
    clearTimeout(timer);
    clearTimeout(polling);
  });

  return { desk, definition, saving, dirty, load, save, take };
}
