// Speaks to the sandbox's control API. Every wait has an end: a push may take three attempts of five seconds.

import type {
  Account,
  ActionResult,
  Chat,
  Faults,
  Push,
  PushKind,
  ResidentMessage,
  SandboxState,
} from './contract';

const CONTROL = '/sandbox/control';
const READ_LIMIT_MS = 8_000;
const ACTION_LIMIT_MS = 60_000;
const SHOWN_ERROR_CHARS = 300;

export class ControlError extends Error {
  constructor(
    /** HTTP status, or null when the sandbox could not be reached at all. */
    readonly status: number | null,
    detail: string,
  ) {
    super(detail);
    this.name = 'ControlError';
  }
}

export type AccountChange = Partial<Pick<Account, 'mode' | 'kind' | 'verified' | 'push_url'>>;
export type FaultsChange = { push?: Partial<Faults['push']>; api?: Partial<Faults['api']> };

export const readState = () => get<SandboxState>('/state');
export const readKinds = () => get<PushKind[]>('/kinds');

export const readChat = (appId: string, resident: string, after: number) =>
  get<Chat>(`${chatPath(appId, resident)}/chat?after=${after}`);

export const readPushes = (appId: string, after: number) =>
  get<{ pushes: Push[] }>(`${accountPath(appId)}/pushes?after=${after}`);

export const reset = () => post<unknown>('/reset', {});
export const expireTokens = () => post<unknown>('/expire-tokens', {});
export const changeFaults = (change: FaultsChange) => post<Faults>('/faults', change);
export const changeAccount = (appId: string, change: AccountChange) => post<Account>(accountPath(appId), change);

export const follow = (appId: string, resident: string) => act(appId, resident, 'follow', {});
export const leave = (appId: string, resident: string) => act(appId, resident, 'leave', {});
export const scan = (appId: string, resident: string, scene: string) => act(appId, resident, 'scan', { scene });
export const tap = (appId: string, resident: string, button: number[]) => act(appId, resident, 'tap', { button });
export const send = (appId: string, resident: string, message: ResidentMessage) =>
  act(appId, resident, 'send', message);
export const tapMenuLink = (appId: string, resident: string, content: string, id: string) =>
  act(appId, resident, 'menu-link', { content, id });

export const pushKind = (appId: string, resident: string, kind: string, fields: Record<string, unknown>) =>
  post<ActionResult>(`${accountPath(appId)}/push`, { resident, kind, fields });

function act(appId: string, resident: string, action: string, body: unknown): Promise<ActionResult> {
  return post<ActionResult>(`${chatPath(appId, resident)}/${action}`, body);
}

function accountPath(appId: string): string {
  return `/accounts/${encodeURIComponent(appId)}`;
}

function chatPath(appId: string, resident: string): string {
  return `${accountPath(appId)}/residents/${encodeURIComponent(resident)}`;
}

function get<T>(path: string): Promise<T> {
  return request<T>(path, { method: 'GET', signal: AbortSignal.timeout(READ_LIMIT_MS) });
}

function post<T>(path: string, body: unknown): Promise<T> {
  return request<T>(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(ACTION_LIMIT_MS),
  });
}

async function request<T>(path: string, init: RequestInit): Promise<T> {
  let response: Response;
  let body: string;
  try {
    response = await fetch(CONTROL + path, { ...init, cache: 'no-store' });
    body = await response.text();
  } catch (error) {
    throw new ControlError(null, error instanceof Error ? error.message : String(error));
  }
  if (!response.ok) {
    throw new ControlError(response.status, explanation(body));
  }
  if (body === '') {
    return undefined as T;
  }
  try {
    return JSON.parse(body) as T;
  } catch {
    throw new ControlError(response.status, body.slice(0, SHOWN_ERROR_CHARS));
  }
}

/** The sandbox explains a refusal in Chinese; anything else, such as a proxy's page, is shown as it came. */
function explanation(body: string): string {
  try {
    const { message } = JSON.parse(body) as { message?: unknown };
    if (typeof message === 'string') {
      return message;
    }
  } catch {
    // Not JSON.
  }
  return body.slice(0, SHOWN_ERROR_CHARS);
}
