// What the lists of places, contacts and events are made of.

import { computed, onMounted, ref, shallowRef } from 'vue';
import type { Schemas } from '../api/client';
import type { PageOf } from '../api/paging';
import { useSaving } from '../api/saving';
import { useUnsavedGuard } from '../parts/unsaved';

export interface Fact {
  id: number;
  version: string;
  slug: string;
}

export interface Column<T> {
  label: string;
  /** The least, in pixels. */
  width: number;
  text: (item: T) => string;
}

export interface FactsApi<T> {
  /** The address of the list. */
  address: string;
  list(cursor: string | undefined, words: string, signal: AbortSignal): Promise<PageOf<T>>;
  remove(item: T): Promise<unknown>;
  /** Adds one again that was removed, where it stood. */
  restore(item: T): Promise<unknown>;
  /** Puts these first, in this order; there is none for what is ordered by time. */
  order?(ids: number[]): Promise<unknown>;
  bring(file: Blob, dryRun: boolean): Promise<Schemas['SheetReport']>;
}

/** How a file is sent as it is. */
export const asFile = {
  headers: { 'content-type': 'application/octet-stream' },
  bodySerializer: (body: unknown) => body as BodyInit,
} as const;

interface Form<Input> {
  /** What is typed into an empty form. */
  blank: () => Input;
  /** What there is, and its version; none for a new one. */
  load?: () => Promise<{ input: Input; version: string }>;
  save: (input: Input, version: string) => Promise<unknown>;
  done: () => unknown;
}

/** A form on a page of its own: loaded, guarded while it is unsaved, and saved over the version that was read. */
export function useFactForm<Input extends object>({ blank, load, save, done }: Form<Input>) {
  const input = ref(blank());
  const version = shallowRef('');
  const isLoaded = ref(load === undefined);
  const kept = shallowRef(JSON.stringify(input.value));
  const isChanged = computed(() => isLoaded.value && JSON.stringify(input.value) !== kept.value);

  async function reload() {
    if (load !== undefined) {
      const found = await load();
      (input.value as Input) = found.input;
      version.value = found.version;
      kept.value = JSON.stringify(input.value);
      isLoaded.value = true;
    }
  }

  const saving = useSaving({ reload });
  onMounted(reload);
  useUnsavedGuard(() => isChanged.value);

  async function submit() {
    const saved = await saving.run(async () => {
      await save(input.value as Input, version.value);
      return true;
    });
    if (saved === true) {
      kept.value = JSON.stringify(input.value);
      await done();
    }
  }

  return { input, isLoaded, saving, submit };
}
