// Opening hours: chosen by days and times, and kept as one line that people read: «周一至周五9:00–11:30、13:30–17:00，周六9:00–12:00».

export interface Span {
  from: string;
  to: string;
}

export interface Row {
  /** 1 is Monday. */
  days: number[];
  spans: Span[];
}

export const DAY_NAMES = ['周一', '周二', '周三', '周四', '周五', '周六', '周日'];
const ALL_DAYS = '每天';
const SPAN = /^(\d{1,2}):(\d{2})[–—-](\d{1,2}):(\d{2})$/;

export function toLine(rows: Row[]): string {
  return rows
    .filter(({ days, spans }) => days.length > 0 && spans.some(({ from, to }) => from !== '' && to !== ''))
    .map(({ days, spans }) => `${daysLine(days)}${spans.filter(({ from, to }) => from !== '' && to !== '').map(spanLine).join('、')}`)
    .join('，');
}

function daysLine(days: number[]): string {
  const sorted = [...new Set(days)].sort((one, other) => one - other);
  if (sorted.length === 7) {
    return ALL_DAYS;
  }
  const runs: number[][] = [];
  for (const day of sorted) {
    const last = runs.at(-1);
    if (last !== undefined && last.at(-1) === day - 1) {
      last.push(day);
    } else {
      runs.push([day]);
    }
  }
  return runs
    .map((run) => (run.length > 2 ? `${name(run[0])}至${name(run.at(-1))}` : run.map(name).join('、')))
    .join('、');
}

const name = (day: number | undefined) => DAY_NAMES[(day ?? 1) - 1] ?? '';
const spanLine = ({ from, to }: Span) => `${shortened(from)}–${shortened(to)}`;
const shortened = (time: string) => time.replace(/^0(\d)/, '$1');
const padded = (hours: string, minutes: string) => `${hours.padStart(2, '0')}:${minutes}`;

/** The rows of a line that could have been put together here; nothing for what somebody wrote freely. */
export function toRows(line: string): Row[] | undefined {
  const rows: Row[] = [];
  for (const part of line.split('，')) {
    const start = part.search(/\d/);
    const days = start > 0 ? daysOf(part.slice(0, start)) : undefined;
    const spans = part.slice(start).split('、').map((text) => SPAN.exec(text.replaceAll('：', ':')));
    if (days === undefined || spans.some((span) => span === null)) {
      return undefined;
    }
    rows.push({
      days,
      spans: spans.map((span) => ({ from: padded(span?.[1] ?? '', span?.[2] ?? ''), to: padded(span?.[3] ?? '', span?.[4] ?? '') })),
    });
  }
  return rows;
}

function daysOf(text: string): number[] | undefined {
  if (text === ALL_DAYS) {
    return [1, 2, 3, 4, 5, 6, 7];
  }
  const days: number[] = [];
  for (const part of text.split('、')) {
    const [from, to] = part.split('至').map((word) => DAY_NAMES.indexOf(word) + 1);
    if (from === undefined || from === 0 || to === 0 || (to !== undefined && to <= from)) {
      return undefined;
    }
    for (let day = from; day <= (to ?? from); day += 1) {
      days.push(day);
    }
  }
  return days;
}
