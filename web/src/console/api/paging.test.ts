import { effectScope } from 'vue';
import { describe, expect, test } from 'vitest';
import { ApiError } from './error';
import { type PageOf, type Paged, usePaged } from './paging';

/** A list whose pages arrive when the test says so. */
function listUnderTest() {
  const asked: { cursor: string | undefined; signal: AbortSignal; give(page: PageOf<number>): void; fail(error: Error): void }[] = [];
  const scope = effectScope();
  const list = scope.run(() =>
    usePaged<number>((cursor, signal) => new Promise((give, fail) => asked.push({ cursor, signal, give, fail }))),
  ) as Paged<number>;
  return { list, asked, scope };
}

describe('a paged list', () => {
  test('grows page by page', async () => {
    const { list, asked } = listUnderTest();
    const first = list.reload();
    expect(list).toMatchObject({ loading: true, loaded: false, isEmpty: false });
    asked[0]!.give({ items: [1, 2], next: 'a' });
    await first;
    expect(list).toMatchObject({ items: [1, 2], loading: false, loaded: true, hasMore: true });
    const second = list.more();
    expect(asked[1]!.cursor).toBe('a');
    void list.more();
    expect(asked).toHaveLength(2);
    asked[1]!.give({ items: [3], next: null });
    await second;
    expect(list).toMatchObject({ items: [1, 2, 3], hasMore: false });
  });

  test('forgets the answer to a question that is not asked any more', async () => {
    const { list, asked } = listUnderTest();
    const old = list.reload();
    const fresh = list.reload();
    expect(asked[0]!.signal.aborted).toBe(true);
    asked[1]!.give({ items: [2] });
    await fresh;
    asked[0]!.give({ items: [1] });
    await old;
    expect(list.items).toEqual([2]);
  });

  test('keeps what it has when a page fails, and asks for the same page again', async () => {
    const { list, asked } = listUnderTest();
    const first = list.reload();
    asked[0]!.give({ items: [1], next: 'a' });
    await first;
    const second = list.more();
    asked[1]!.fail(new ApiError(503, 'unavailable', '请稍后再试。'));
    await second;
    expect(list).toMatchObject({ items: [1], loading: false, hasMore: true, failure: { code: 'unavailable' } });
    const again = list.more();
    expect(asked[2]!.cursor).toBe('a');
    asked[2]!.give({ items: [2] });
    await again;
    expect(list).toMatchObject({ items: [1, 2], failure: undefined });
  });

  test('is empty only when that is known', async () => {
    const { list, asked } = listUnderTest();
    const first = list.reload();
    asked[0]!.fail(new ApiError(0, 'unreachable', ''));
    await first;
    expect(list.isEmpty).toBe(false);
    const again = list.more();
    expect(asked[1]!.cursor).toBeUndefined();
    asked[1]!.give({ items: [] });
    await again;
    expect(list.isEmpty).toBe(true);
  });

  test('stops asking when its page is left', () => {
    const { list, asked, scope } = listUnderTest();
    void list.reload();
    scope.stop();
    expect(asked[0]!.signal.aborted).toBe(true);
  });
});
