import { expect, it } from 'vitest';
import { xmlLines } from './xml-lines';

const shown = (text: string) => xmlLines(text)?.map((line) => [line.depth, line.pieces.map((piece) => piece.text).join('')]);
const joined = (text: string) =>
  xmlLines(text)
    ?.flatMap((line) => line.pieces)
    .map((piece) => piece.text)
    .join('');

it('gives each element a line, and each level a step', () => {
  const text = '<xml><A><![CDATA[一<b>]]></A><L><item><T>2</T></item><E/></L></xml>';
  expect(shown(text)).toEqual([
    [0, '<xml>'],
    [1, '<A><![CDATA[一<b>]]></A>'],
    [1, '<L>'],
    [2, '<item>'],
    [3, '<T>2</T>'],
    [2, '</item>'],
    [2, '<E/>'],
    [1, '</L>'],
    [0, '</xml>'],
  ]);
});

it.each([
  '<xml>\n  <A>1</A>\n</xml>\n',
  '\n<xml><A></A></xml>',
  '<?xml version="1.0"?><xml/>',
  '</a></b><c>',
  '<xml><A><![CDATA[x]]]]><![CDATA[>y]]></A></xml>',
])('keeps every character of %j', (text) => {
  expect(joined(text)).toBe(text);
});

it.each(['success', '', '{"errcode":0}', '<xml', 'a < b', '<xml><![CDATA[open'])('leaves %j alone', (text) => {
  expect(xmlLines(text)).toBeNull();
});
