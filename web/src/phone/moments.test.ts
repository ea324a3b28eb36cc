import { expect, it } from 'vitest';
import { clockTime, moment, startsMoment } from './moments';

// 2026-01-02 00:30 in Shanghai, still the day before in Greenwich.
const now = Date.UTC(2026, 0, 1, 16, 30);
const minutes = (count: number) => count * 60_000;

it('writes the time alone for today in Shanghai', () => {
  expect(moment(now - minutes(20), now)).toBe('00:10');
});

it('writes yesterday, the date, and the year when it was another', () => {
  expect(moment(now - minutes(60), now)).toBe('昨天 23:30');
  expect(moment(Date.UTC(2026, 2, 2, 6, 5), Date.UTC(2026, 5, 1))).toBe('3月2日 14:05');
  expect(moment(Date.UTC(2025, 11, 30, 6, 5), now)).toBe('2025年12月30日 14:05');
});

it('writes seconds in the log', () => {
  expect(clockTime(now + 9_000)).toBe('00:30:09');
});

it('writes the time above the first entry and after five quiet minutes', () => {
  expect(startsMoment(now, undefined)).toBe(true);
  expect(startsMoment(now, now - minutes(4))).toBe(false);
  expect(startsMoment(now, now - minutes(5))).toBe(true);
});
