import { describe, expect, it } from 'vitest';
import { KINDS, blankAnswer, inputOf, isOverMidnight, isOwnAddress, sayWindow, toggled, wordsOf } from './answers';
import { texts } from './texts';

describe('answers that are edited', () => {
  it('takes words apart at commas of either width, spaces and lines', () => {
    expect(wordsOf('停电，断电、没电; 跳闸\n停电', 'contains')).toEqual(['停电', '断电', '没电', '跳闸']);
    expect(wordsOf('停.{0,3}电\n来电', 'pattern')).toEqual(['停.{0,3}电', '来电']);
    expect(wordsOf(' ，', 'exact')).toEqual([]);
  });

  it('says windows as people do', () => {
    const say = (days: number[], from: string, until: string) => sayWindow({ days, from, until }, texts.windowWords);
    expect(say([1, 2, 3, 4, 5], '09:00', '17:30')).toBe('周一至周五 09:00–17:30');
    expect(say([6, 7], '22:00', '06:00')).toBe('周六、周日 22:00–次日 06:00');
    expect(say([1, 2, 3, 4, 5, 6, 7], '00:00', '24:00')).toBe('每天 00:00–24:00');
    expect(isOverMidnight({ days: [1], from: '00:00', until: '24:00' })).toBe(false);
    expect(toggled([1, 5], 3)).toEqual([1, 3, 5]);
    expect(toggled([1, 3], 3)).toEqual([1]);
  });

  it('has a form for every kind of answer', () => {
    for (const kind of KINDS) {
      expect(blankAnswer(kind).kind).toBe(kind);
      expect(texts.kinds[kind]).toBeTruthy();
    }
  });

  it('edits a rule as it was saved', () => {
    const rule = { slug: 'x', note: '', keywords: ['a', 'b'], match: 'exact' as const, priority: 1, enabled: true, windows: [], answers: [], choice: 'turns' as const, version: 3, hits: 1 };
    expect(inputOf(rule).keywords).toEqual(['a，b']);
    expect(inputOf({ ...rule, match: 'pattern' }).keywords).toEqual(['a\nb']);
  });

  it('fetches no picture from elsewhere', () => {
    expect(isOwnAddress('https://a.cn/h/hope/media/1.png', 'https://a.cn')).toBe(true);
    expect(['https://a.cn.evil.cn/1.png', 'https://b.cn/1.png', 'javascript:alert(1)', ''].filter((address) => isOwnAddress(address, 'https://a.cn'))).toEqual([]);
  });
});
