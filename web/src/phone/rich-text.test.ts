import { describe, expect, it } from 'vitest';
import { destination, parseRichText, safeUrl } from './rich-text';

describe('the text of an account', () => {
  it('is one plain piece when it has no marks', () => {
    expect(parseRichText('您好，\n希望树欢迎您𠮷🌳')).toEqual([{ kind: 'text', text: '您好，\n希望树欢迎您𠮷🌳' }]);
    expect(parseRichText('')).toEqual([]);
  });

  it('has links that open a page', () => {
    expect(parseRichText('看<a href="https://a.example/h/?x=1&amp;y=2">这里</a>。')).toEqual([
      { kind: 'text', text: '看' },
      { kind: 'link', text: '这里', url: 'https://a.example/h/?x=1&y=2' },
      { kind: 'text', text: '。' },
    ]);
  });

  it('has links that send a message for the resident', () => {
    const menu = (href: string) => parseRichText(`<a href="${href}">社区概况</a>`)[0];
    expect(menu('weixin://bizmsgmenu?msgmenucontent=%E6%A6%82%E5%86%B5&msgmenuid=2')).toEqual({
      kind: 'menu',
      text: '社区概况',
      content: '概况',
      id: '2',
    });
    expect(menu('weixin://bizmsgmenu?msgmenuid=s-1&amp;msgmenucontent=1+1')).toMatchObject({ content: '1+1', id: 's-1' });
    expect(menu('weixin://bizmsgmenu?msgmenucontent=%&msgmenuid=2')).toMatchObject({ content: '%' });
    expect(menu('weixin://bizmsgmenu?msgmenuid=2')).toEqual({ kind: 'text', text: '社区概况' });
  });

  it.each([
    'javascript:alert(1)',
    ' JaVaScRiPt:alert(1)',
    'data:text/html,x',
    'weixin://dl/business',
    'file:///etc/passwd',
    '/relative',
    '',
  ])('never makes a link of %j', (href) => {
    expect(parseRichText(`<a href="${href}">点我</a>`)).toEqual([{ kind: 'text', text: '点我' }]);
  });

  it('shows other markup as the characters it is', () => {
    const text = '<img src=x onerror=alert(1)><b>粗</b><a>空</a><a href="https://a.example';
    const segments = parseRichText(text);
    expect(segments.every((segment) => segment.kind !== 'menu')).toBe(true);
    expect(segments.map((segment) => segment.text).join('')).toBe(text);
  });

  it('makes links of bare addresses and telephone numbers, and of nothing else', () => {
    expect(parseRichText('打021-00000000，或看https://a.example/x？好')).toEqual([
      { kind: 'text', text: '打' },
      { kind: 'phone', text: '021-00000000', url: 'tel:021-00000000' },
      { kind: 'text', text: '，或看' },
      { kind: 'link', text: 'https://a.example/x', url: 'https://a.example/x' },
      { kind: 'text', text: '？好' },
    ]);
    expect(parseRichText('编号 2026010112345，日期 20260101')).toHaveLength(1);
  });

  it('is read quickly however it is made', () => {
    const started = performance.now();
    parseRichText('<a '.repeat(20_000));
    parseRichText('<a href="'.repeat(5_000) + '>');
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

describe('an address', () => {
  it('is opened only when it belongs to the web', () => {
    expect(safeUrl('https://a.example/页')).toBe('https://a.example/%E9%A1%B5');
    expect(safeUrl('javascript:1')).toBeNull();
    expect(safeUrl(null)).toBeNull();
  });

  it('is shown inside the phone when this server answers it', () => {
    const own = 'http://127.0.0.1:8080';
    expect(destination('http://127.0.0.1:8080/h/hope/', own)).toEqual({ kind: 'frame', url: `${own}/h/hope/` });
    expect(destination('http://localhost:8080/h/hope/', own)).toEqual({ kind: 'frame', url: `${own}/h/hope/` });
    expect(destination('http://localhost:9090/h/hope/', own)?.kind).toBe('elsewhere');
    expect(destination('https://uri.amap.com/marker', own)?.kind).toBe('elsewhere');
    expect(destination('javascript:alert(1)', own)).toBeNull();
  });
});
