import { expect, test } from 'vitest';
import { asked, filterFrom, queryOf } from './filters';

test('the address keeps what the list shows', () => {
  const filter = { pile: 'first', section: 'policy', mine: true, text: '停水' } as const;
  expect(filterFrom(queryOf(filter))).toEqual(filter);
  expect(queryOf({ pile: '', section: '', mine: false, text: '  ' })).toEqual({});
});

test('an address that knows no such state shows everything', () => {
  expect(filterFrom({ state: 'toString', section: ['a', 'b'] })).toEqual({ pile: '', section: '', mine: false, text: '' });
});

test('a pile across the states is asked for as such', () => {
  expect(asked({ pile: 'trash', section: '', mine: true, text: '' }, 7)).toMatchObject({ trash: true, person: 7, state: undefined });
  expect(asked({ pile: 'draft', section: '', mine: false, text: ' 水 ' }, 7)).toMatchObject({ state: 'draft', person: undefined, text: '水' });
});
