// A notice that is being written: what was saved, what was typed since, and how it saves itself.

import { computed, onBeforeUnmount, reactive, ref, shallowRef, watch } from 'vue';
import { type Schemas, api, ApiError, call, isApiError } from '../api/client';
import { type Account, can } from '../session';

export type Notice = Schemas['NoticeView'];
export type Content = Schemas['NoticeContent'];

const AUTOSAVE_AFTER_MS = 3_000;
/** After a failure it waits twice as long each time, and gives up in the end: then the person is asked to save. */
const FIRST_RETRY_MS = 5_000;
const LAST_RETRY_MS = 80_000;

export const blank = (): Content => ({
  title: '',
  digest: '',
  body_html: '',
  sections: [],
  attachments: [],
  keywords: [],
  audience_note: null,
  author: null,
  cover: null,
  document_number: null,
  picture: null,
  source: null,
  superseded_by: null,
  valid_from: null,
  valid_until: null,
});

export const copyOf = (content: Content): Content => JSON.parse(JSON.stringify(content)) as Content;

/** Whether there is something that is worth a notice. */
export function isBegun({ title, body_html: html = '' }: Content): boolean {
  return Boolean(title?.trim()) || html.includes('<img') || html.replace(/<[^>]*>|&nbsp;|\s/g, '') !== '';
}

export interface Status {
  kind: 'none' | 'changed' | 'saving' | 'autosaved' | 'saved' | 'retrying' | 'failed';
  at?: number;
  message?: string;
}

/** Two have changed one notice: what the other has saved. */
export interface Conflict {
  theirs: Notice;
  /** Both began with this: as it was typed here, and as it was kept. */
  typed: Content;
  kept: Content;
}

export function useNotice(account: Account, start: number | undefined, isBodyBusy: () => boolean, onBegun: (id: number) => void) {
  const notice = shallowRef<Notice>();
  const review = shallowRef<Schemas['ReviewView']>();
  const content = ref<Content>(blank());
  const base = ref(JSON.stringify(content.value));
  const status = reactive<Status>({ kind: 'none' });
  const conflict = shallowRef<Conflict>();
  const isReady = ref(false);

  const mayWrite = computed(() => can(account, 'write') && notice.value?.deleted_at == null);
  const isChanged = computed(() => mayWrite.value && JSON.stringify(content.value) !== base.value);
  const path = () => ({ account: account.slug, id: notice.value?.id ?? start ?? 0 });

  function take(view: Notice) {
    notice.value = view;
    content.value = copyOf(view.content);
    base.value = JSON.stringify(content.value);
  }

  async function loadReview() {
    review.value = await call(api.GET('/api/v1/accounts/{account}/notices/{id}/review', { params: { path: path() } }));
  }

  /** As it is kept now; what was typed since is gone, unless `keep`. */
  async function load(keep = false) {
    if (notice.value !== undefined || start !== undefined) {
      const view = await call(api.GET('/api/v1/accounts/{account}/notices/{id}', { params: { path: path() } }));
      if (keep && isChanged.value) {
        notice.value = view;
      } else {
        take(view);
      }
      await loadReview();
    }
    isReady.value = true;
  }

  function send(sent: Content, autosave: boolean, drops: boolean): Promise<Notice> {
    if (notice.value === undefined) {
      return call(api.POST('/api/v1/accounts/{account}/notices', { params: { path: { account: account.slug } }, body: sent }));
    }
    const body = { version: notice.value.version, content: sent, autosave, drops };
    return call(api.PUT('/api/v1/accounts/{account}/notices/{id}', { params: { path: path() }, body }));
  }

  /** Saves what stands there now. A notice that somebody else has saved meanwhile becomes a conflict. */
  async function save(autosave: boolean, drops = false): Promise<boolean> {
    const sent = copyOf(content.value);
    const written = JSON.stringify(sent);
    let view: Notice;
    try {
      view = await send(sent, autosave, drops);
    } catch (error) {
      if (!isApiError(error, 'stale')) {
        throw error;
      }
      const theirs = await call(api.GET('/api/v1/accounts/{account}/notices/{id}', { params: { path: path() } }));
      conflict.value = { theirs, typed: JSON.parse(base.value) as Content, kept: notice.value?.content ?? blank() };
      return false;
    }
    const isNew = notice.value === undefined;
    // Whoever goes on writing must not find the text changed under the cursor; what the server tidied comes with the next visit.
    if (autosave || JSON.stringify(content.value) !== written) {
      notice.value = view;
      base.value = written;
    } else {
      take(view);
    }
    Object.assign(status, { kind: autosave ? 'autosaved' : 'saved', at: view.changed_at, message: undefined });
    if (isNew) {
      onBegun(view.id);
    }
    await loadReview();
    return true;
  }

  const mayAutosave = () =>
    mayWrite.value &&
    isReady.value &&
    conflict.value === undefined &&
    !isBodyBusy() &&
    (notice.value === undefined ? isBegun(content.value) : notice.value.state === 'draft' && !notice.value.drops_signatures);

  let timer: ReturnType<typeof setTimeout> | undefined;
  let retry = FIRST_RETRY_MS;
  let running: Promise<unknown> = Promise.resolve();

  function later(after: number) {
    clearTimeout(timer);
    timer = setTimeout(() => void autosave(), after);
  }

  /** One after the other: a save that was begun has its answer before the next one goes. */
  function inTurn<T>(action: () => Promise<T>): Promise<T> {
    clearTimeout(timer);
    const result = running.then(action, action);
    running = result.catch(() => undefined);
    return result;
  }

  async function autosave() {
    if (!isChanged.value) {
      return;
    }
    if (!mayAutosave()) {
      // Pictures are on their way.
      if (isBodyBusy()) {
        later(AUTOSAVE_AFTER_MS);
      }
      return;
    }
    try {
      await inTurn(async () => {
        if (isChanged.value && mayAutosave()) {
          status.kind = 'saving';
          await save(true);
        }
      });
      retry = FIRST_RETRY_MS;
    } catch (error) {
      if (!(error instanceof ApiError)) {
        throw error;
      }
      const isPassing = error.status === 0 || error.status >= 500;
      const again = isPassing && retry <= LAST_RETRY_MS;
      Object.assign(status, { kind: again ? 'retrying' : 'failed', message: error.message });
      if (again) {
        later(retry);
        retry *= 2;
      }
    }
  }

  watch(
    content,
    () => {
      if (isReady.value && isChanged.value) {
        if (['none', 'saved', 'autosaved'].includes(status.kind)) {
          status.kind = 'changed';
        }
        retry = FIRST_RETRY_MS;
        later(AUTOSAVE_AFTER_MS);
      }
    },
    { deep: true },
  );
  onBeforeUnmount(() => clearTimeout(timer));

  /** Goes on with what both have written: what the other has saved is the new beginning. */
  function settle(merged: Content) {
    const theirs = conflict.value?.theirs;
    if (theirs !== undefined) {
      take(theirs);
      content.value = copyOf(merged);
      conflict.value = undefined;
    }
  }

  return reactive({
    notice,
    review,
    content,
    status,
    conflict,
    isReady,
    isChanged,
    mayWrite,
    path,
    take,
    load,
    settle,
    /** On purpose. */
    save: (drops: boolean) => inTurn(() => save(false, drops)),
    loadReview,
  });
}

export type Writing = ReturnType<typeof useNotice>;
