import { expect, test } from 'vitest';
import { everyDay } from './days';

const day = (date: string, followed: number, lost: number) => ({ date, followed, lost, net: followed - lost });

test('days on which nothing happened stand between the others, up to today', () => {
  const days = [day('2026-02-27', 2, 0), day('2026-03-01', 0, 1)];
  expect(everyDay(days, '2026-03-02').map(({ date, net }) => [date, net])).toEqual([
    ['2026-02-27', 2],
    ['2026-02-28', 0],
    ['2026-03-01', -1],
    ['2026-03-02', 0],
  ]);
  expect(everyDay(days, '2026-03-02', 2).map(({ date }) => date)).toEqual(['2026-03-01', '2026-03-02']);
  expect(everyDay(days, '2026-03-02', 30)).toHaveLength(4);
  expect(everyDay([], '2026-03-02')).toEqual([]);
});
