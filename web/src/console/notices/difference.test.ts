import { expect, test } from 'vitest';
import { compareLines, rowsOf, sides } from './difference';
import { blank, isBegun } from './notice';

test('lines that stayed, went and came stand in one order', () => {
  const lines = compareLines(['一', '二', '三'], ['一', '三', '四']);
  expect(lines.map(({ kind, text }) => `${kind} ${text}`)).toEqual(['same 一', 'removed 二', 'same 三', 'added 四']);
});

test('nothing and a text are all gone or all new', () => {
  expect(compareLines([], ['一'])).toEqual([{ kind: 'added', text: '一' }]);
  expect(compareLines(['一'], [])).toEqual([{ kind: 'removed', text: '一' }]);
});

test('only what both have changed in their own ways is asked about', () => {
  const base = { ...blank(), title: '停水', digest: '旧', author: '甲', source: '街道' };
  const mine = { ...base, title: '停水通知', digest: '新', author: '乙' };
  const theirs = { ...base, title: '停水公告', digest: '新', source: '水务' };
  expect(Object.fromEntries(sides(mine, theirs, base, base))).toEqual({ title: 'asked', author: 'mine', source: 'theirs' });
});

test('a notice begins with a word or a picture, not with an empty paragraph', () => {
  expect(isBegun({ ...blank(), body_html: '<p><br></p>' })).toBe(false);
  expect(isBegun({ ...blank(), body_html: '<p>&nbsp; </p>', title: '  ' })).toBe(false);
  expect(isBegun({ ...blank(), body_html: '<p>水</p>' })).toBe(true);
  expect(isBegun({ ...blank(), body_html: '<figure><img src="/h/a/media/b.png"></figure>' })).toBe(true);
  expect(isBegun({ ...blank(), title: '水' })).toBe(true);
});

test('a line that was changed stands beside itself, with the words marked, and what is far from it is left out', () => {
  const before = ['甲', '乙', '丙', '周五上午 9 点停水😀', '丁', '戊', '己'];
  const after = ['甲', '乙', '丙', '周六上午 10 点停水😀', '丁', '戊', '己', '另行通知'];
  const rows = rowsOf(compareLines(before, after));
  const told = (pieces?: { text: string; isMarked: boolean }[]) => pieces?.map(({ text, isMarked }) => (isMarked ? `[${text}]` : text)).join('');
  expect(rows.map((row) => ('same' in row ? row.same : [told(row.before), told(row.after)]))).toEqual([
    2,
    ['丙', '丙'],
    ['周[五]上午 [9] 点停水😀', '周[六]上午 [10] 点停水😀'],
    ['丁', '丁'],
    1,
    ['己', '己'],
    [undefined, '[另行通知]'],
  ]);
});

test('lines that have little in common are two lines', () => {
  const [row] = rowsOf(compareLines(['请提前储水'], ['广场舞改到小花园']));
  expect(row).toEqual({ before: [{ text: '请提前储水', isMarked: true }], after: [{ text: '广场舞改到小花园', isMarked: true }] });
});
