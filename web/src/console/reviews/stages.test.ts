import { describe, expect, test } from 'vitest';
import { nextOf, stagesOf } from './stages';

type Review = Parameters<typeof stagesOf>[1];

const signature = (stage: 'first' | 'second' | 'third', name: string) => ({ stage, name, person: 1, at: 5, revision: 2, hash: 'a', opinion: null });
const review = (more: Partial<Review>): Review => ({
  state: 'draft',
  reviews: 3,
  round: 1,
  authors: [{ person: 1, name: '小王', since: 1 }],
  signatures: [],
  ...more,
});
const told = (more: Partial<Review>) => stagesOf({}, review(more)).map(({ name, mark }) => `${name} ${mark}`);

describe('the stages of a notice', () => {
  test('a draft has its way before it', () => {
    expect(told({})).toEqual(['作者 now', '一审 next', '二审 next', '三审 next', '发布 next']);
  });

  test('who signed is named, and who comes next', () => {
    const second = { state: 'second' as const, signatures: [signature('first', '小李')] };
    expect(told(second)).toEqual(['作者 done', '一审 done', '二审 now', '三审 next', '发布 next']);
    expect(stagesOf({}, review(second))[1]?.people[0]?.name).toBe('小李');
    expect(nextOf(review(second))).toContain('审核、发布人员或管理员签名');
    expect(nextOf(review({ state: 'third' }))).toContain('发布人员或管理员签名');
    expect(nextOf(review({ state: 'first' }))).toContain('编辑、审核');
  });

  test('an account that asks for fewer shows fewer, but not of what was signed', () => {
    expect(told({ reviews: 1 })).toEqual(['作者 now', '一审 next', '发布 next']);
    const signatures = [signature('first', '甲'), signature('second', '乙'), signature('third', '丙')];
    expect(told({ state: 'published', reviews: 1, signatures })).toEqual(['作者 done', '一审 done', '二审 done', '三审 done', '发布 done']);
    expect(nextOf(review({ state: 'first', reviews: 1 }))).toContain('由没有写过、也没有审过本篇的发布人员');
  });

  test('a hurry needs one signature, and owes the third', () => {
    const hurry = { name: '小王', reason: '爆管' };
    expect(told({ state: 'first', hurry })).toEqual(['作者 done', '一审 now', '三审 next', '发布 next']);
    const late = { notice: 1, title: '', round: 1, revision: 2, hash: 'a', due_at: 9, is_overdue: false };
    const signatures = [signature('first', '甲')];
    expect(told({ state: 'published', hurry, late, signatures })).toEqual(['作者 done', '一审 done', '三审 owed', '发布 done']);
    const both = [...signatures, signature('third', '乙')];
    expect(told({ state: 'published', hurry, signatures: both })).toEqual(['作者 done', '一审 done', '三审 done', '发布 done']);
  });

  test('what came from elsewhere says that nobody signed it', () => {
    expect(told({ state: 'published', authors: [] })).toEqual(['作者 done', '一审 none', '二审 none', '三审 none', '发布 done']);
  });
});
