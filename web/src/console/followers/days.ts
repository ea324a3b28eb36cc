// Figures by day with the days on which nothing happened.

import type { Schemas } from '../api/client';

export type Day = Schemas['DayView'];

const DAY_MS = 86_400_000;

/** Every day from the first to today, or the last so many of them. */
export function everyDay(days: readonly Day[], today: string, last = 0): Day[] {
  const first = days[0]?.date;
  if (first === undefined) {
    return [];
  }
  const known = new Map(days.map((day) => [day.date, day]));
  const end = Date.parse(`${today}T00:00:00Z`);
  // A clock that was wrong for a moment must not make a chart of a thousand years.
  const begin = Math.max(Date.parse(`${first}T00:00:00Z`), end - 20_000 * DAY_MS, last === 0 ? 0 : end - (last - 1) * DAY_MS);
  const all: Day[] = [];
  for (let at = begin; at <= end; at += DAY_MS) {
    const date = new Date(at).toISOString().slice(0, 10);
    all.push(known.get(date) ?? { date, followed: 0, lost: 0, net: 0 });
  }
  return all;
}
