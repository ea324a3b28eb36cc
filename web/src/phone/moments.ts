// When things happened, as WeChat writes it. Everybody in a chat lives by Shanghai's clock, whatever the browser's is.

import { texts } from './texts';

const ZONE = 'Asia/Shanghai';
const QUIET_MS = 5 * 60_000;
const DAY_MS = 86_400_000;

const date = new Intl.DateTimeFormat('zh-CN', { timeZone: ZONE, year: 'numeric', month: 'numeric', day: 'numeric' });
const minute = new Intl.DateTimeFormat('zh-CN', { timeZone: ZONE, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const second = new Intl.DateTimeFormat('zh-CN', {
  timeZone: ZONE,
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

/** Whether the time is written above an entry: above the first, and after a while of silence. */
export function startsMoment(at: number, before: number | undefined): boolean {
  return before === undefined || at - before >= QUIET_MS;
}

/** `14:05` today, `昨天 14:05`, `3月2日 14:05` this year, else with the year. */
export function moment(at: number, now: number): string {
  const time = minute.format(at);
  const [year, month, day] = dateParts(at);
  if (sameDay(at, now)) {
    return time;
  }
  if (sameDay(at, now - DAY_MS)) {
    return `${texts.yesterday} ${time}`;
  }
  const written = year === dateParts(now)[0] ? texts.monthDay(month, day) : texts.yearMonthDay(year, month, day);
  return `${written} ${time}`;
}

/** `14:05:09`, for the log. */
export function clockTime(at: number): string {
  return second.format(at);
}

function sameDay(one: number, other: number): boolean {
  return dateParts(one).join() === dateParts(other).join();
}

function dateParts(at: number): [string, string, string] {
  const parts = date.formatToParts(at);
  const part = (type: string) => parts.find((candidate) => candidate.type === type)?.value ?? '';
  return [part('year'), part('month'), part('day')];
}
