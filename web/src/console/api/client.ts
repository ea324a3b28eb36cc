// The typed client of /api/v1. Its types come from web/openapi.json (`npm run api`).
//
//   const page = await call(api.GET('/api/v1/accounts/{account}/notices', { params: { path: { account: slug } } }));
//
// `call` gives the answer's body or throws an ApiError. One that nobody catches is shown to the person (report.ts).

import createClient from 'openapi-fetch';
import { texts } from '../texts';
import { ApiError } from './error';
import type { components, paths } from './schema';

export { ApiError, isApiError } from './error';

/** The API's types by name: `Schemas['SessionView']`. */
export type Schemas = components['schemas'];

const LIMIT_MS = 30_000;
const UPLOAD_LIMIT_MS = 10 * 60_000;
const SAFE_METHODS = ['GET', 'HEAD'];

let csrf = '';
let whenSignedOut = () => {};

/** Called by the session: the token that proves that a change comes from this page. */
export function useCsrf(token: string) {
  csrf = token;
}

/** Called once: what happens when the server says that nobody is signed in. */
export function onSignedOut(action: () => void) {
  whenSignedOut = action;
}

/** What a page asks by itself after nobody has touched it for so long must not keep the session alive. */
const UNATTENDED_AFTER_MS = 5 * 60_000;
let touched = Date.now();
for (const kind of ['pointerdown', 'keydown', 'wheel', 'touchstart']) {
  globalThis.addEventListener?.(kind, () => (touched = Date.now()), { capture: true, passive: true });
}

export const api = createClient<paths>({ credentials: 'same-origin', cache: 'no-store', fetch: fetchInTime });

api.use({
  onRequest({ request }) {
    if (!SAFE_METHODS.includes(request.method)) {
      request.headers.set('X-CSRF-Token', csrf);
    }
    if (Date.now() - touched > UNATTENDED_AFTER_MS) {
      request.headers.set('X-Unattended', '1');
    }
  },
});

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The body of an answer, or an ApiError. */
export async function call<T>(request: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await request;
  } catch (error) {
    // What the caller itself has given up is no error to tell.
    if (error instanceof ApiError || (error instanceof DOMException && error.name === 'AbortError')) {
      throw error;
    }
    throw new ApiError(0, 'unreachable', texts.errors.unreachable);
  }
  if (!answer.response.ok) {
    const error = ApiError.from(answer.response.status, answer.error);
    if (error.status === 401) {
      whenSignedOut();
    }
    throw error;
  }
  return answer.data as T;
}

/** AbortSignal.any would do it, but office computers have older browsers. */
async function fetchInTime(request: Request): Promise<Response> {
  const ending = new AbortController();
  const giveUp = () => ending.abort();
  request.signal.addEventListener('abort', giveUp);
  let late = false;
  const isUpload = request.headers.get('content-type')?.startsWith('multipart/') ?? false;
  const timer = setTimeout(
    () => {
      late = true;
      ending.abort();
    },
    isUpload ? UPLOAD_LIMIT_MS : LIMIT_MS,
  );
  try {
    return await fetch(request, { signal: ending.signal });
  } catch (error) {
    throw late ? new ApiError(0, 'timeout', texts.errors.timeout) : error;
  } finally {
    clearTimeout(timer);
    request.signal.removeEventListener('abort', giveUp);
  }
}
