// What the page knows of the sandbox, and the only place that asks it for anything. Components read the store and call
// its actions.

import { computed, reactive, readonly } from 'vue';
import * as api from './api';
import type { Account, ActionResult, Entry, Resident, ResidentMessage, SandboxState } from './contract';
import { continues, mergeEntries, readFrom } from './entries';
import { texts } from './texts';

const CHAT_POLL_MS = 1_500;
const WAITING_POLL_MS = 400;
const STATE_POLL_MS = 4_000;
const ECHO_MS = 120;
const TOAST_MS = 4_000;

interface Known {
  sandbox: SandboxState | null;
  appId: string;
  residentId: string;
  following: boolean | null;
  entries: Entry[];
  /** Actions that have not been answered. */
  waiting: number;
  offline: boolean;
  forbidden: boolean;
  toast: { text: string; bad: boolean; id: number } | null;
  /** The page that is open in the phone. */
  page: string | null;
  /** Counts the pushes made from here, so that the log knows when to look again. */
  pushes: number;
}

const known = reactive<Known>({
  sandbox: null,
  appId: '',
  residentId: '',
  following: null,
  entries: [],
  waiting: 0,
  offline: false,
  forbidden: false,
  toast: null,
  page: null,
  pushes: 0,
});

/** Read only: change it through the functions below. */
export const store = readonly(known) as unknown as Readonly<Known>;

export const account = computed<Account | null>(
  () => known.sandbox?.accounts.find((candidate) => candidate.app_id === known.appId) ?? null,
);

export const resident = computed<Resident | null>(
  () => known.sandbox?.residents.find((candidate) => candidate.id === known.residentId) ?? null,
);

/** Begins to watch the sandbox. */
export async function start(): Promise<void> {
  await refreshState();
  void watchChat();
  void watchState();
}

export function choose(appId: string, residentId: string): void {
  if (appId === known.appId && residentId === known.residentId) {
    return;
  }
  known.appId = appId;
  known.residentId = residentId;
  forgetChat();
  writeHash();
  void refreshChat();
}

export function openPage(url: string): void {
  known.page = url;
}

export function closePage(): void {
  known.page = null;
}

export function say(text: string, bad = false): void {
  const id = (known.toast?.id ?? 0) + 1;
  known.toast = { text, bad, id };
  setTimeout(() => {
    if (known.toast?.id === id) {
      known.toast = null;
    }
  }, TOAST_MS);
}

export const follow = () => act((appId, residentId) => api.follow(appId, residentId));
export const leave = () => act((appId, residentId) => api.leave(appId, residentId));
export const scan = (scene: string) => act((appId, residentId) => api.scan(appId, residentId, scene));
export const tap = (button: number[]) => act((appId, residentId) => api.tap(appId, residentId, button));
export const send = (message: ResidentMessage) => act((appId, residentId) => api.send(appId, residentId, message));
export const tapMenuLink = (content: string, id: string) =>
  act((appId, residentId) => api.tapMenuLink(appId, residentId, content, id));
export const pushKind = (kind: string, fields: Record<string, unknown>) =>
  act((appId, residentId) => api.pushKind(appId, residentId, kind, fields));

export async function changeAccount(change: api.AccountChange): Promise<boolean> {
  const appId = known.appId;
  return attempt(async () => {
    await api.changeAccount(appId, change);
    await refreshState();
  });
}

export async function changeFaults(change: api.FaultsChange): Promise<boolean> {
  return attempt(async () => {
    const faults = await api.changeFaults(change);
    if (known.sandbox) {
      known.sandbox.faults = faults;
    }
  });
}

export const expireTokens = () => attempt(() => api.expireTokens());

export async function resetSandbox(): Promise<boolean> {
  return attempt(async () => {
    await api.reset();
    forgetChat();
    known.pushes += 1;
    await refreshState();
    await refreshChat();
  });
}

/** Runs an action, shows why when it fails, and tells whether it went well. */
export async function attempt(action: () => Promise<unknown>): Promise<boolean> {
  try {
    await action();
    return true;
  } catch (error) {
    report(error);
    return false;
  }
}

async function act(action: (appId: string, residentId: string) => Promise<ActionResult>): Promise<ActionResult | null> {
  const { appId, residentId } = known;
  known.waiting += 1;
  // What the resident did stands in the chat long before the answer does.
  setTimeout(() => void refreshChat(), ECHO_MS);
  try {
    const result = await action(appId, residentId);
    known.pushes += 1;
    if (appId === known.appId && residentId === known.residentId) {
      known.entries = mergeEntries(known.entries, result.entries ?? []);
      if (result.open) {
        known.page = result.open;
      }
    }
    return result;
  } catch (error) {
    report(error);
    return null;
  } finally {
    known.waiting -= 1;
    await Promise.allSettled([refreshChat(), refreshState()]);
  }
}

function report(error: unknown): void {
  if (error instanceof api.ControlError) {
    say(error.status === null ? texts.page.unreachable : texts.page.failed(error.message), true);
  } else {
    say(texts.page.failed(String(error)), true);
  }
}

async function refreshState(): Promise<void> {
  try {
    const sandbox = await api.readState();
    const cameBack = known.offline;
    known.sandbox = sandbox;
    known.offline = false;
    known.forbidden = false;
    settleChoice(sandbox);
    if (cameBack) {
      // It may be another process by now, which counts its entries anew.
      forgetChat();
    }
  } catch (error) {
    known.forbidden = error instanceof api.ControlError && error.status === 403;
    known.offline = !known.forbidden;
  }
}

async function refreshChat(): Promise<void> {
  const { appId, residentId } = known;
  if (appId === '' || residentId === '') {
    return;
  }
  try {
    const last = known.entries.at(-1);
    let chat = await api.readChat(appId, residentId, readFrom(known.entries));
    const anew = !continues(last, chat.entries);
    if (anew) {
      chat = await api.readChat(appId, residentId, 0);
    }
    if (appId === known.appId && residentId === known.residentId) {
      known.following = chat.following;
      known.entries = anew ? chat.entries : mergeEntries(known.entries, chat.entries);
    }
  } catch (error) {
    if (error instanceof api.ControlError && error.status === null) {
      known.offline = true;
    }
  }
}

async function watchChat(): Promise<never> {
  for (;;) {
    if (!document.hidden) {
      await refreshChat();
    }
    await pause(known.waiting > 0 ? WAITING_POLL_MS : CHAT_POLL_MS);
  }
}

async function watchState(): Promise<never> {
  for (;;) {
    await pause(STATE_POLL_MS);
    if (!document.hidden) {
      await refreshState();
    }
  }
}

/** Keeps the choice that the address names or that was made before, else takes the first of each. */
function settleChoice(sandbox: SandboxState): void {
  const [slug, person] = readHash();
  const hasAccount = sandbox.accounts.some((candidate) => candidate.app_id === known.appId);
  const hasResident = sandbox.residents.some((candidate) => candidate.id === known.residentId);
  if (hasAccount && hasResident) {
    return;
  }
  const chosen = sandbox.accounts.find((candidate) => candidate.slug === slug) ?? sandbox.accounts[0];
  const holder = sandbox.residents.find((candidate) => candidate.id === person) ?? sandbox.residents[0];
  known.appId = hasAccount ? known.appId : (chosen?.app_id ?? '');
  known.residentId = hasResident ? known.residentId : (holder?.id ?? '');
  forgetChat();
}

function forgetChat(): void {
  known.entries = [];
  known.following = null;
  known.page = null;
}

// The choice stands in the address, so that a reload or a bookmark keeps it.
function readHash(): string[] {
  return location.hash
    .replace(/^#\/?/, '')
    .split('/')
    .map((part) => {
      try {
        return decodeURIComponent(part);
      } catch {
        return part;
      }
    });
}

function writeHash(): void {
  const slug = account.value?.slug ?? '';
  history.replaceState(null, '', `#/${encodeURIComponent(slug)}/${encodeURIComponent(known.residentId)}`);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
