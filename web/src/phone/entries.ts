// The list of a chat's entries as answers and polls bring them in, late, twice or out of order.

import type { Entry } from './contract';

/** The entries kept in the page; the sandbox keeps as many. */
export const KEPT_ENTRIES = 500;

/** Both lists as one: each entry once, in its order, the newest kept. An entry never changes once it is written. */
export function mergeEntries(known: readonly Entry[], arrived: readonly Entry[]): Entry[] {
  const last = lastId(known);
  if (arrived.every(({ id }) => id === last)) {
    return known as Entry[];
  }
  const byId = new Map<number, Entry>();
  for (const entry of known) {
    byId.set(entry.id, entry);
  }
  for (const entry of arrived) {
    byId.set(entry.id, entry);
  }
  return [...byId.values()].sort((one, other) => one.id - other.id).slice(-KEPT_ENTRIES);
}

export function lastId(entries: readonly { id: number }[]): number {
  return entries.at(-1)?.id ?? 0;
}

/**
 * Where to read on: from the last known entry, which is asked for again. When it does not come back, the sandbox has
 * been reset behind the page's back, and counts anew.
 */
export function readFrom(entries: readonly { id: number }[]): number {
  return Math.max(0, lastId(entries) - 1);
}

/** Whether what was read from there goes on where the known entries end. */
export function continues(last: Entry | undefined, arrived: readonly Entry[]): boolean {
  return last === undefined || arrived.some(({ id, at }) => id === last.id && at === last.at);
}
