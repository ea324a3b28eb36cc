import { expect, test } from 'vitest';
import { toLine, toRows } from './hours';

test.each([
  '每天9:00–17:00',
  '周一至周五9:00–11:30、13:30–17:00',
  '周一至周五9:00–11:30、13:30–17:00，周六9:00–12:00',
  '周一、周二8:00–9:00',
  '周一至周三、周六0:00–24:00',
])('a line becomes rows, and the rows the same line: %s', (line) => {
  expect(toLine(toRows(line) ?? [])).toBe(line);
});

test.each(['24小时', '以窗口公布的时间为准', '午餐10:45–12:30', '周一9:00', '周三至周一9:00–17:00', '22:00–次日6:00', ''])(
  'what somebody wrote freely stays as it is: %s',
  (line) => {
    expect(toRows(line)).toBeUndefined();
  },
);

test('what is not filled in is left out', () => {
  expect(toLine([{ days: [], spans: [{ from: '09:00', to: '10:00' }] }])).toBe('');
  expect(toLine([{ days: [7, 1], spans: [{ from: '09:00', to: '' }, { from: '09:30', to: '10:00' }] }])).toBe('周一、周日9:30–10:00');
});
