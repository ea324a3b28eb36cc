// A notice that is being written: what was saved, what was typed since, and how it saves itself.

import { computed, onBeforeUnmount, reactive, ref, shallowRef, watch } from 'vue';
import { type Schemas, api, ApiError, call, isApiError } from '../api/client';
import { type Account, can, session } from '../session';
import { saysTheSame } from './difference';

export type Notice = Schemas['NoticeView'];
export type Content = Schemas['NoticeContent'];

const AUTOSAVE_AFTER_MS = 3_000;
/** Whoever writes on and on is saved all the same. */
const AUTOSAVE_WITHIN_MS = 20_000;
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
export function isBegun(content: Content): boolean {
  const said = (value: unknown) => (Array.isArray(value) ? value.length > 0 : typeof value === 'string' ? value.trim() !== '' : value != null);
  const { body_html: html = '', ...others } = content;
  return Object.values(others).some(said) || /<(img|table|hr)\b/.test(html) || html.replace(/<[^>]*>|&nbsp;|\s/g, '') !== '';
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

  const fetchNotice = () => call(api.GET('/api/v1/accounts/{account}/notices/{id}', { params: { path: path() } }));

  /** As it is kept now. What was typed since stays. */
  async function load() {
    if (notice.value !== undefined || start !== undefined) {
      const view = await fetchNotice();
      if (isChanged.value) {
        meet(view);
      } else {
        take(view);
      }
      await loadReview();
    }
    isReady.value = true;
  }

  /**
   * Goes on from what is kept now, unless somebody else has changed the text: to go on then would overwrite it. A step on
   * the notice's way changes no word, and one's own text may be kept although the answer was lost.
   */
  function meet(kept: Notice): 'going on' | 'conflict' {
    const isOwn = kept.changed_by.id === session.value?.person.id;
    const own = unanswered.find((sent) => isOwn && saysTheSame(sent, kept.content));
    if (own !== undefined) {
      notice.value = kept;
      base.value = JSON.stringify(own);
      unanswered = [];
      Object.assign(status, { kind: isChanged.value ? 'changed' : 'autosaved', at: kept.changed_at, message: undefined });
      return 'going on';
    }
    if (kept.content_hash === notice.value?.content_hash) {
      notice.value = kept;
      return 'going on';
    }
    conflict.value = { theirs: kept, typed: JSON.parse(base.value) as Content, kept: notice.value?.content ?? blank() };
    return 'conflict';
  }

  /** Somebody has done something to it: a new text is shown only when the person asks for it. */
  async function look() {
    const view = await fetchNotice();
    if (view.version === notice.value?.version) {
      return;
    }
    if (isChanged.value || view.content_hash === notice.value?.content_hash) {
      meet(view);
      await loadReview();
    }
  }

  /** What went out and may have arrived, although nobody said so. */
  let unanswered: Content[] = [];

  async function send(sent: Content, autosave: boolean, drops: boolean): Promise<Notice> {
    try {
      const view = await transmit(sent, autosave, drops);
      unanswered = [];
      return view;
    } catch (error) {
      if (error instanceof ApiError && (error.status === 0 || error.status >= 500)) {
        unanswered = [...unanswered, sent];
      }
      throw error;
    }
  }

  function transmit(sent: Content, autosave: boolean, drops: boolean): Promise<Notice> {
    if (notice.value === undefined) {
      return call(api.POST('/api/v1/accounts/{account}/notices', { params: { path: { account: account.slug } }, body: sent }));
    }
    const body = { version: notice.value.version, content: sent, autosave, drops };
    return call(api.PUT('/api/v1/accounts/{account}/notices/{id}', { params: { path: path() }, body }));
  }

  /** Saves what stands there now. A notice whose text somebody else has saved meanwhile becomes a conflict. */
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
      // It may be in review by now.
      if (meet(await fetchNotice()) === 'conflict' || (autosave && !mayAutosave())) {
        status.kind = 'changed';
        return false;
      }
      view = await send(sent, autosave, drops);
    }
    const isNew = notice.value === undefined;
    notice.value = view;
    base.value = written;
    if (!autosave && JSON.stringify(content.value) === written) {
      // What was tidied is shown, save in the text: its editor would lose the place where one writes.
      content.value = { ...copyOf(view.content), body_html: sent.body_html };
      base.value = JSON.stringify(content.value);
    }
    Object.assign(status, { kind: autosave ? 'autosaved' : 'saved', at: view.changed_at, message: undefined });
    if (isNew) {
      onBegun(view.id);
    }
    await loadReview().catch((error: unknown) => {
      // The text is safe; what is said about it comes with the next save.
      if (!(error instanceof ApiError)) {
        throw error;
      }
    });
    return true;
  }

  const mayAutosave = () =>
    mayWrite.value &&
    isReady.value &&
    conflict.value === undefined &&
    !isBodyBusy() &&
    (notice.value === undefined ? isBegun(content.value) : notice.value.state === 'draft' && !notice.value.drops_signatures);

  let timer: ReturnType<typeof setTimeout> | undefined;
  let since: number | undefined;
  let retry = FIRST_RETRY_MS;
  let running: Promise<unknown> = Promise.resolve();

  function later(after: number) {
    clearTimeout(timer);
    timer = setTimeout(() => void autosave(), after);
  }

  function stop() {
    clearTimeout(timer);
    since = undefined;
  }

  /** One after the other: what was begun has its answer before the next goes. */
  function inTurn<T>(action: () => Promise<T>): Promise<T> {
    const result = running.then(action, action);
    running = result.catch(() => undefined);
    return result;
  }

  async function autosave() {
    stop();
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
      const isPassing = error.status === 0 || error.status === 429 || error.status >= 500;
      const again = isPassing && retry <= LAST_RETRY_MS;
      const message = Object.values(error.fields).join('') || error.message;
      Object.assign(status, { kind: again ? 'retrying' : 'failed', message });
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
        since ??= Date.now();
        later(Math.min(AUTOSAVE_AFTER_MS, Math.max(0, since + AUTOSAVE_WITHIN_MS - Date.now())));
      }
    },
    { deep: true },
  );
  onBeforeUnmount(stop);

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
    look: () => inTurn(look),
    /** On purpose. */
    save: (drops: boolean) => inTurn(() => (stop(), save(false, drops))),
    /** What saves itself does so at once, before it is left or looked at. */
    flush: autosave,
    loadReview,
  });
}

export type Writing = ReturnType<typeof useNotice>;
