import { expect, it } from 'vitest';
import { KEPT_ENTRIES, continues, lastId, mergeEntries, readFrom } from './entries';
import type { Entry } from './contract';

const entry = (id: number): Entry => ({ id, at: id, from: 'account', kind: 'text', text: `${id}` });
const ids = (entries: Entry[]) => entries.map(({ id }) => id);

it('keeps each entry once and in order, however it arrives', () => {
  const merged = mergeEntries([entry(1), entry(3)], [entry(4), entry(3), entry(2)]);
  expect(ids(merged)).toEqual([1, 2, 3, 4]);
});

it('stays the same list when nothing arrives, so that nothing is drawn again', () => {
  const known = [entry(1)];
  expect(mergeEntries(known, [])).toBe(known);
  expect(mergeEntries(known, [entry(1)])).toBe(known);
});

it('forgets the oldest when there are too many', () => {
  const many = Array.from({ length: KEPT_ENTRIES + 5 }, (_, index) => entry(index + 1));
  expect(ids(mergeEntries([], many))[0]).toBe(6);
});

it('knows the last entry', () => {
  expect(lastId([])).toBe(0);
  expect(lastId([entry(2), entry(7)])).toBe(7);
});

it('reads on from the last entry, and notices when that is gone', () => {
  const known = [entry(6), entry(7)];
  expect(readFrom([])).toBe(0);
  expect(readFrom(known)).toBe(6);
  expect(continues(undefined, [])).toBe(true);
  expect(continues(known.at(-1), [entry(7), entry(8)])).toBe(true);
  expect(continues(known.at(-1), [])).toBe(false);
  expect(continues(known.at(-1), [{ ...entry(7), at: 99 }])).toBe(false);
});
