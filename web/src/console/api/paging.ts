// Lists with «加载更多»: the API gives a page and the cursor of the next one.
//
//   const list = usePaged((cursor, signal) => call(api.GET('…', { params: { query: { cursor, ...filter } }, signal })));
//   onMounted(list.reload);            // again whenever a filter changes
//   <LoadMore :list="list" />

import { computed, onScopeDispose, reactive, ref, shallowRef } from 'vue';
import { ApiError } from './error';

export interface PageOf<T> {
  items: T[];
  /** The cursor of the next page; none when this is the last one. */
  next?: string | null;
}

type Load<T> = (cursor: string | undefined, signal: AbortSignal) => Promise<PageOf<T>>;

/** Reactive as a whole: keep it in one piece. */
export interface Paged<T> {
  /** To be replaced, not changed in place: `list.items = list.items.map(…)`. */
  items: T[];
  readonly loading: boolean;
  /** Whether a first page is there, be it an empty one. */
  readonly loaded: boolean;
  readonly failure: ApiError | undefined;
  readonly hasMore: boolean;
  readonly isEmpty: boolean;
  /** From the beginning. */
  reload(): Promise<void>;
  /** The next page, or once more what has just failed. */
  more(): Promise<void>;
}

export function usePaged<T>(load: Load<T>): Paged<T> {
  const items = shallowRef<T[]>([]);
  const next = ref<string>();
  const loading = ref(false);
  const loaded = ref(false);
  const failure = shallowRef<ApiError>();
  let running: AbortController | undefined;

  async function fetchPage(cursor: string | undefined) {
    running?.abort();
    const mine = new AbortController();
    running = mine;
    loading.value = true;
    failure.value = undefined;
    try {
      const page = await load(cursor, mine.signal);
      if (running === mine) {
        items.value = cursor === undefined ? page.items : [...items.value, ...page.items];
        next.value = page.next ?? undefined;
        loaded.value = true;
      }
    } catch (error) {
      // An answer that came too late for what is wanted now does not matter, whatever it says.
      if (running !== mine) {
        return;
      }
      if (!(error instanceof ApiError)) {
        throw error;
      }
      failure.value = error;
    } finally {
      if (running === mine) {
        loading.value = false;
      }
    }
  }

  onScopeDispose(() => running?.abort());

  return reactive({
    items,
    loading,
    loaded,
    failure,
    hasMore: computed(() => next.value !== undefined),
    isEmpty: computed(() => loaded.value && !loading.value && items.value.length === 0),
    reload: () => fetchPage(undefined),
    more: () => (loading.value ? Promise.resolve() : fetchPage(loaded.value ? next.value : undefined)),
  }) as Paged<T>;
}
