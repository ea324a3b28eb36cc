import { expect, test } from 'vitest';
import { moment } from './moments';

test("a moment is told in Shanghai's time, to the minute", () => {
  expect(moment(Date.UTC(2026, 10, 25, 8, 5, 59))).toBe('2026-11-25 16:05');
  expect(moment(Date.UTC(2026, 11, 31, 16, 0))).toBe('2027-01-01 00:00');
});
