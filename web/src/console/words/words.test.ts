import { describe, expect, test } from 'vitest';
import { decoded, entryOf, linesOfCsv, listed, marked } from './words';

const found = (start: number, end: number, level: 'error' | 'hint' = 'error') =>
  ({ level, place: { field: 'title', passage: { start, end, quote: '' } } }) as unknown as Parameters<typeof marked>[1][number];

describe('a text with what was found in it', () => {
  test('is cut by characters, those of four bytes too', () => {
    expect(marked('𠀀😀最佳的', [found(2, 4)])).toEqual([{ text: '𠀀😀' }, { text: '最佳', level: 'error' }, { text: '的' }]);
  });

  test('stays whole when findings lie over each other', () => {
    const stretches = marked('全国第一名', [found(2, 5, 'hint'), found(2, 4)]);
    expect(stretches.map(({ text }) => text).join('')).toBe('全国第一名');
    expect(marked('没有', [])).toEqual([{ text: '没有' }]);
  });
});

describe('lines of a file', () => {
  test('of a CSV get tabs, with commas within quotes kept', () => {
    expect(linesOfCsv('词,级别,理由\r\n最佳,错误,"绝对化，用语, ""禁用""",优秀,"最佳实践、最佳"\r\n')).toBe(
      '词\t级别\t理由\n最佳\t错误\t绝对化，用语, "禁用"\t优秀\t最佳实践、最佳\n',
    );
    expect(linesOfCsv('积分|提示|a,b')).toBe('积分|提示|a,b');
    expect(linesOfCsv('积分\t提示\t少用\t\ta,b')).toBe('积分\t提示\t少用\t\ta,b');
  });

  test('are read whichever way Excel saved them', () => {
    expect(decoded(new TextEncoder().encode('词库').buffer as ArrayBuffer)).toBe('词库');
    expect(decoded(new Uint8Array([0xb4, 0xca, 0xbf, 0xe2]).buffer)).toBe('词库');
    expect(decoded(new Uint8Array([0xff, 0xd8, 0, 0xff]).buffer)).toBeUndefined();
  });
});

test('an entry goes through its form unchanged', () => {
  const word = { id: 1, version: 2, changed_at: 3, word: '第一', level: 'error' as const, reason: '绝对化', suggestion: null, allowed: ['第一次', '第一季度'] };
  const { id: _id, version: _version, changed_at: _at, ...same } = word;
  expect(listed(entryOf(word))).toEqual(same);
});
