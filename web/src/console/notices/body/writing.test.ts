import { describe, expect, it } from 'vitest';
import { type Child, type Part, missingPicture } from './parts';
import { facts } from './pieces';
import { htmlOf, piecesOf } from './writing';

const line = (type: string, text: string, fields: Partial<Part> = {}): Part => ({ type, ...fields, children: [{ text }] });
const cell = (text: string, fields: Partial<Part> = {}): Part => line('table-cell', text, fields);
const row = (...cells: Part[]): Part => ({ type: 'table-row', children: cells });

describe('a text as it is written', () => {
  it('has headings, quotes and words with their marks, and no empty lines at its end', () => {
    const children: Child[] = [{ text: '请' }, { text: '储水', bold: true, color: '#c00000' }, { text: '。\n谢谢  您' }];
    expect(htmlOf([line('header2', '停水'), { type: 'paragraph', indent: '2em', children }, line('paragraph', '')])).toBe(
      '<h2>停水</h2><p style="text-indent: 2em">请<span style="color: #c00000"><strong>储水</strong></span>。<br>谢谢&nbsp; 您</p>',
    );
    expect(htmlOf([line('blockquote', '一'), line('blockquote', '二'), line('paragraph', '三')])).toBe('<blockquote><p>一</p><p>二</p></blockquote><p>三</p>');
    expect(htmlOf([line('paragraph', ''), line('paragraph', '一')])).toBe('<p><br></p><p>一</p>');
    expect(htmlOf([line('paragraph', '')])).toBe('');
  });

  it('has lists within lists', () => {
    const entries = [
      line('list-item', '甲', { ordered: true, level: 0, start: '3' }),
      line('list-item', '乙', { level: 1 }),
      line('list-item', '丙', { level: 1 }),
      line('list-item', '丁', { ordered: true, level: 0 }),
      line('list-item', '戊', { level: 0 }),
    ];
    expect(htmlOf(entries)).toBe('<ol start="3"><li>甲<ul><li>乙</li><li>丙</li></ul></li><li>丁</li></ol><ul><li>戊</li></ul>');
    expect(htmlOf([line('list-item', '甲', { level: 2 }), line('list-item', '乙', { level: 2 })])).toBe('<ul><li>甲</li><li>乙</li></ul>');
  });

  it('has tables with a caption, a head and merged cells', () => {
    const table: Part = {
      type: 'table',
      caption: '时间',
      columnWidths: [30, 90],
      children: [row(cell('日', { isHeader: true }), cell('时', { isHeader: true })), row(cell('周末', { colSpan: 2 })), row(cell('x', { hidden: true }), cell(''))],
    };
    expect(htmlOf([table])).toBe(
      '<table><caption>时间</caption><colgroup><col width="25%"><col width="75%"></colgroup><thead><tr><th>日</th><th>时</th></tr></thead>' +
        '<tbody><tr><td colspan="2">周末</td></tr><tr><td></td></tr></tbody></table>',
    );
    const reaching: Part = { type: 'table', children: [row(cell('一', { isHeader: true, rowSpan: 2 })), row(cell('二'))] };
    expect(htmlOf([reaching])).not.toContain('thead');
  });

  it('has figures with what is said about them, and tells nothing of pictures that are on their way', () => {
    const figure: Part = { type: 'figure', src: '/h/hope/media/a.jpg', alt: '"合影"', size: 'width: 50%', children: [{ text: '志愿者' }] };
    expect(htmlOf([figure])).toBe(
      '<figure><img src="/h/hope/media/a.jpg" alt="&quot;合影&quot;" style="width: 50%"><figcaption>志愿者</figcaption></figure>',
    );
    const waiting: Part = { ...figure, waiting: 'picture-1' };
    const inline: Part = { type: 'image', waiting: 'picture-2', children: [{ text: '' }] };
    expect(htmlOf([waiting, { type: 'paragraph', children: [{ text: '一' }, inline, { text: '' }] }])).toBe('<p>一</p>');
  });

  it('marks a picture that is missing as the server knows it', () => {
    expect(htmlOf([{ type: 'paragraph', children: [missingPicture('水【表】')] }])).toBe(
      '<p><span style="color: #ad2102; background-color: #fff1b8">【缺图：水表】</span></p>',
    );
    expect(missingPicture('').text).toBe('【缺图】');
  });

  it('is compared by what must not get lost', () => {
    const link: Part = { type: 'link', url: 'https://a.cn', children: [{ text: '一' }, { text: '二', bold: true }] };
    const one = facts(piecesOf([{ type: 'paragraph', children: [{ text: '' }, link, { text: '' }] }]));
    expect(one).toBe('一二\na https://a.cn');
    expect(facts(piecesOf([line('list-item', '一二')]))).toBe('一二\nli 1 1');
  });
});
