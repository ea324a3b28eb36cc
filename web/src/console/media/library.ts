// The library's list with its filters, and uploads into it: for the page and for the picker.

import { type Ref, onMounted, reactive, shallowRef, watch } from 'vue';
import { api, call } from '../api/client';
import { usePaged } from '../api/paging';
import type { MediaKind } from './texts';
import { type MediaItem, type Room, useUploads } from './uploads';

const PAGE = 40;
/** Nobody waits for a list after every letter. */
const PATIENCE_MS = 300;

export interface Filter {
  kind: MediaKind | '';
  text: string;
  lacksAlt: boolean;
  trash: boolean;
}

export function useLibrary(account: Ref<string>, initial: Partial<Filter> = {}) {
  const filter = reactive<Filter>({ kind: '', text: '', lacksAlt: false, trash: false, ...initial });
  const room = shallowRef<Room>();
  const path = () => ({ account: account.value });

  const list = usePaged<MediaItem>((cursor, signal) => {
    const { kind, text, lacksAlt, trash } = filter;
    const query = { cursor, limit: PAGE, kind: kind || undefined, text: text || undefined, trash, lacks_alt: lacksAlt };
    return call(api.GET('/api/v1/accounts/{account}/media', { params: { path: path(), query }, signal }));
  });

  async function loadRoom() {
    room.value = await call(api.GET('/api/v1/accounts/{account}/media/room', { params: { path: path() } }));
  }

  /** A new item stands first; one that was there comes to the front. */
  function show(item: MediaItem) {
    if (!filter.trash) {
      list.items = [item, ...list.items.filter((other) => other.id !== item.id)];
    }
  }

  function replace(item: MediaItem) {
    const belongs = (item.deleted_at != null) === filter.trash;
    const others = list.items.map((other) => (other.id === item.id ? item : other));
    list.items = belongs ? others : others.filter((other) => other.id !== item.id);
  }

  const uploading = useUploads(account, room, (item) => {
    show(item);
    void loadRoom();
  });

  let timer: ReturnType<typeof setTimeout> | undefined;
  watch(
    () => filter.text,
    () => {
      clearTimeout(timer);
      timer = setTimeout(() => void list.reload(), PATIENCE_MS);
    },
  );
  watch([() => filter.kind, () => filter.lacksAlt, () => filter.trash], () => void list.reload());
  onMounted(() => {
    void list.reload();
    void loadRoom();
  });

  return { filter, list, room, show, replace, loadRoom, uploading };
}
