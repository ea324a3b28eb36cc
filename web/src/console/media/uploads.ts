// Files on their way into the library: one after the other, each with its progress and with what went wrong.

import { type Ref, computed, onScopeDispose, ref } from 'vue';
import { type Schemas, ApiError, api, call } from '../api/client';
import { session } from '../session';
import { texts as frame } from '../texts';
import { sizeOf, texts } from './texts';

export type MediaItem = Schemas['MediaItem'];
export type Room = Schemas['Room'];

export interface Upload {
  readonly id: number;
  readonly name: string;
  readonly state: 'waiting' | 'sending' | 'working' | 'done' | 'known' | 'failed';
  /** Of what is being sent, in hundredths. */
  readonly percent: number;
  /** What is told of it. */
  readonly message: string;
}

const PICTURES = /\.(jpe?g|jfif|png|gif|webp)$/i;
const LIMIT_MS = 10 * 60_000;

export function useUploads(account: Ref<string>, room: Ref<Room | undefined>, onKept: (item: MediaItem) => void) {
  const uploads = ref<Upload[]>([]);
  const waiting: { id: number; file: File; name: string }[] = [];
  let counter = 0;
  const stop = new AbortController();
  let isRunning = false;

  const change = (id: number, changes: Partial<Upload>) => {
    uploads.value = uploads.value.map((upload) => (upload.id === id ? { ...upload, ...changes } : upload));
  };
  const fail = (id: number, message: string) => change(id, { state: 'failed', message });

  function add(files: Iterable<File>) {
    for (const file of files) {
      const id = ++counter;
      // Browsers call every picture from the clipboard the same.
      const isPasted = file.name === '' || file.name === 'image.png';
      const name = isPasted ? texts.uploads.pasted(clock()) : file.name;
      uploads.value = [...uploads.value, { id, name, state: 'waiting', percent: 0, message: texts.uploads.waiting }];
      const most = PICTURES.test(name) ? room.value?.picture_bytes : room.value?.file_bytes;
      if (file.size === 0) {
        fail(id, texts.uploads.empty);
      } else if (most !== undefined && file.size > most) {
        fail(id, texts.uploads.large(sizeOf(most)));
      } else {
        waiting.push({ id, file, name });
      }
    }
    void run();
  }

  async function run() {
    if (isRunning) {
      return;
    }
    isRunning = true;
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { id, file, name } = next;
      try {
        const { item, known } = await sendFile(account.value, file, name, {
          signal: stop.signal,
          onProgress: (percent) => change(id, { state: 'sending', percent, message: texts.uploads.sending(percent) }),
          onSent: () => change(id, { state: 'working', percent: 100, message: texts.uploads.working }),
        });
        change(id, { state: known ? 'known' : 'done', message: known ? texts.uploads.known : texts.uploads.done });
        onKept(item);
      } catch (error) {
        fail(id, error instanceof ApiError ? error.message : frame.errors.unreachable);
        if (error instanceof ApiError && error.status === 401) {
          waiting.splice(0).forEach((other) => fail(other.id, error.message));
          // Lets the console hear that nobody is signed in.
          await call(api.GET('/api/v1/session')).catch(() => undefined);
        }
      }
    }
    isRunning = false;
  }

  onScopeDispose(() => {
    waiting.length = 0;
    stop.abort();
  });

  const isBusy = computed(() => uploads.value.some(({ state }) => ['waiting', 'sending', 'working'].includes(state)));
  const clear = () => {
    uploads.value = [];
  };
  return { uploads, isBusy, add, clear };
}

interface Sending {
  signal: AbortSignal;
  onProgress?: (percent: number) => void;
  /** Everything has been sent; the server works on it. */
  onSent?: () => void;
}

/** Sends one file into the library. fetch would tell nothing of how far it is. */
export function sendFile(account: string, file: Blob, name: string, { signal, onProgress, onSent }: Sending): Promise<Schemas['Uploaded']> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const form = new FormData();
    form.append('file', file, name);
    request.open('POST', `/api/v1/accounts/${encodeURIComponent(account)}/media`);
    request.timeout = LIMIT_MS;
    request.responseType = 'json';
    request.setRequestHeader('X-CSRF-Token', session.value?.csrf ?? '');
    request.upload.onprogress = ({ loaded, total }) => onProgress?.(total === 0 ? 0 : Math.round((loaded / total) * 100));
    request.upload.onload = () => onSent?.();
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) {
        resolve(request.response as Schemas['Uploaded']);
      } else {
        reject(ApiError.from(request.status, request.response));
      }
    };
    request.onerror = () => reject(new ApiError(0, 'unreachable', frame.errors.unreachable));
    request.ontimeout = () => reject(new ApiError(0, 'timeout', frame.errors.timeout));
    request.onabort = () => reject(new ApiError(0, 'aborted', frame.errors.unreachable));
    signal.addEventListener('abort', () => request.abort());
    request.send(form);
  });
}

function clock(): string {
  const now = new Date();
  const two = (number: number) => String(number).padStart(2, '0');
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())} ${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
}
