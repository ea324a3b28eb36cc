import { describe, expect, it } from 'vitest';
import { aligned, nearest, plainOf, pointAt, positionOf } from './passages';
import type { Piece } from './pieces';
import type { Part } from './parts';
import { piecesOf } from './writing';

/** Enough of HTML for the cases that the server's own tests have. */
function pieces(html: string): Piece[] {
  const signs: Record<string, string> = { lt: '<', gt: '>', amp: '&', nbsp: '\u00a0', '#x1F600': '😀' };
  return [...html.matchAll(/<(\/?)(\w+)[^>]*>|([^<]+)/g)].map(([, end, name = '', text]): Piece => {
    if (text !== undefined) {
      return { text: text.replace(/&([#\w]+);/g, (_, sign: string) => signs[sign] ?? '') };
    }
    return end === '/' ? { close: name } : { open: name };
  });
}

const plain = (html: string) => plainOf(pieces(html)).characters.join('');

const parts: Part[] = [
  { type: 'header2', children: [{ text: '😀名单' }] },
  { type: 'paragraph', children: [{ text: '张三：' }, { text: '139 1234', bold: true }, { text: ' 5678' }] },
  { type: 'table', caption: '时间', children: [{ type: 'table-row', children: [{ type: 'table-cell', children: [{ text: '周一\n休息' }] }] }] },
];

describe('plain text, as the server counts it', () => {
  it('has blocks on lines of their own, and inline elements do not part a word', () => {
    expect(plain('<p>停<b>电</b>通知</p><p>一<br>二</p>')).toBe('停电通知\n一\n二\n');
    expect(plain('<table><tr><td>甲</td><td>乙</td></tr></table>')).toBe('甲\n乙\n');
    expect(plain('<ul><li>一</li><li></li><li>二</li></ul>')).toBe('一\n二\n');
    expect(plain('a &lt;b&gt; &amp;amp; &#x1F600;')).toBe('a <b> &amp; 😀');
    expect(plain('<figure><img><figcaption>合影</figcaption></figure><p>完</p>')).toBe('合影\n完\n');
    expect(plain('<p><br></p><p>一</p>')).toBe('\n一\n');
  });

  it('is counted in characters, not in units of JavaScript', () => {
    const text = plainOf(piecesOf(parts));
    expect(text.characters.slice(7, 20).join('')).toBe('139 1234 5678');
    expect(pointAt(text, 7, false)).toEqual({ path: [1, 1], offset: 0 });
    expect(pointAt(text, 20, true)).toEqual({ path: [1, 2], offset: 5 });
    expect(pointAt(text, 1, false)).toEqual({ path: [0, 0], offset: 2 });
  });

  it('knows for each of its places in the editor where it stands', () => {
    const text = plainOf(piecesOf(parts));
    expect(positionOf(text, { path: [0, 0], offset: 2 })).toBe(1);
    expect(positionOf(text, { path: [1, 1], offset: 3 })).toBe(10);
    const after = positionOf(text, { path: [2, 0, 0, 0], offset: 3 });
    expect(text.characters.slice(after).join('')).toBe('休息\n');
    // A caption of a table can be selected only with the table.
    expect(pointAt(text, text.characters.indexOf('时'), false)).toEqual({ path: [2], offset: -1 });
  });
});

describe('a passage in a text that was changed', () => {
  it('is the nearest one with the same words', () => {
    const text = [...'停电。停电。停电。'];
    expect(nearest(text, '停电', 4)).toBe(3);
    expect(nearest(text, '停电', 8)).toBe(6);
    expect(nearest(text, '来电', 0)).toBeUndefined();
    expect(nearest(text, '', 0)).toBeUndefined();
  });

  it('is the same where only white space differs', () => {
    const given = [...'一\n\n  二三\n\n四\n'];
    const own = [...'一\n二三\n四\n'];
    expect(aligned(given, own, 5, 7)).toEqual({ start: 2, end: 4 });
    expect(aligned(own, given, 2, 4)).toEqual({ start: 5, end: 7 });
    expect(aligned(own, given, 5, 6)).toEqual({ start: 9, end: 10 });
    expect(aligned(own, given, 6, 6).start).toBe(given.length);
  });
});
