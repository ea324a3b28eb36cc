import { describe, expect, it } from 'vitest';
import { type Entry, addColumn, addRow, bytesOf, keyOf, millisOf, move, pageOf, removeAt, step, timeOf, withKind } from './menu';

const click = (name: string): Entry => ({ name, type: 'click', key: name });
const menu = (): Entry[] => [{ name: '简介', sub_button: [click('a'), click('b')] }, { name: '信息', sub_button: [click('c')] }, click('活动')];

describe('a menu that is edited', () => {
  it('counts as WeChat does', () => {
    expect(bytesOf('社区a😀')).toBe(11);
    expect(bytesOf(undefined)).toBe(0);
  });

  it('moves an entry within its column and to another', () => {
    expect(move(menu(), { column: 0, row: 0 }, { column: 0, row: 1 })?.columns[0]?.sub_button?.map((entry) => entry.name)).toEqual(['b', 'a']);
    const moved = move(menu(), { column: 0, row: 1 }, { column: 1, row: 5 });
    expect(moved?.place).toEqual({ column: 1, row: 1 });
    expect(moved?.columns[1]?.sub_button?.map((entry) => entry.name)).toEqual(['c', 'b']);
  });

  it('moves nothing to where it cannot stand', () => {
    expect(move(menu(), { column: 0, row: 0 }, { column: 2, row: 0 })).toBeUndefined();
    expect(move(menu(), { column: 0, row: 0 }, { column: 3, row: 0 })).toBeUndefined();
    expect(move(menu(), { column: 0, row: 0 }, { column: 0, row: -1 })).toBeUndefined();
    expect(move(menu(), { column: 0 }, { column: -1 })).toBeUndefined();
    const full = menu();
    full[1] = { name: '满', sub_button: ['1', '2', '3', '4', '5'].map(click) };
    expect(move(full, { column: 0, row: 0 }, { column: 1, row: 0 })).toBeUndefined();
  });

  it('moves a column with all below it', () => {
    expect(move(menu(), { column: 0 }, { column: 2 })?.columns.map((entry) => entry.name)).toEqual(['信息', '活动', '简介']);
    expect(step({ column: 0 }, 'right')).toEqual({ column: 1 });
    expect(step({ column: 0, row: 1 }, 'up')).toEqual({ column: 0, row: 0 });
  });

  it('makes a list of a column, and an action of a list that is empty', () => {
    const listed = addRow(menu(), 2);
    expect(listed[2]).toEqual({ name: '活动', sub_button: [{ name: '', type: 'click', key: '活动' }] });
    expect(removeAt(listed, { column: 2, row: 0 })[2]).toEqual({ name: '活动', type: 'click', key: '' });
    expect(addColumn(menu())).toHaveLength(3);
    expect(move([{ name: 'x', sub_button: [click('a')] }, { name: 'y', sub_button: [click('b')] }], { column: 0, row: 0 }, { column: 1 })?.columns[0]?.type).toBe('click');
  });

  it('keeps of an action what the next one needs', () => {
    expect(withKind({ name: 'x', type: 'view', url: 'https://a.cn/' }, 'miniprogram')).toEqual({ name: 'x', type: 'miniprogram', appid: '', pagepath: '', url: 'https://a.cn/' });
    expect(withKind(click('x'), 'location_select')).toEqual({ name: 'x', type: 'location_select', key: 'location_select' });
  });

  it('knows the pages of sections and notices', () => {
    const pages = 'https://a.cn/h/hope';
    expect(keyOf(pageOf(pages, 'a', 'winter-frost'), pages, 'a')).toBe('winter-frost');
    expect(keyOf(`${pages}/a/winter-frost`, pages, 's')).toBe('');
    expect(keyOf(`${pages}/a/x?y`, pages, 'a')).toBe('');
    expect(keyOf('https://b.cn/h/hope/a/x', pages, 'a')).toBe('');
  });

  it('means times in China', () => {
    expect(millisOf('2026-11-25T09:30')).toBe(Date.UTC(2026, 10, 25, 1, 30));
    expect(millisOf('')).toBeUndefined();
    expect(timeOf(Date.UTC(2026, 10, 25, 1, 30))).toBe('2026-11-25 09:30');
  });
});
