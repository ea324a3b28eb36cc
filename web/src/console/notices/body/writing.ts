// The text of a notice as it is written down.

import { type Child, type Part, type Words, isEmptyLine, isWords, textOf } from './parts';
import { type Piece, WHOLE, parsed, piecesOfNode, written } from './pieces';
import { joined } from './styles';

type Attributes = [name: string, value: string][];

const TAGS: [mark: keyof Words, tag: string][] = [
  ['bold', 'strong'],
  ['italic', 'em'],
  ['underline', 'u'],
  ['through', 's'],
  ['sub', 'sub'],
  ['sup', 'sup'],
  ['small', 'small'],
  ['code', 'code'],
];

/** Attributes that say something. */
const said = (attributes: Record<string, string | number | undefined>): Attributes =>
  Object.entries(attributes)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => [name, String(value)]);

const styleOfBlock = ({ textAlign, indent, lineHeight, look }: Part) =>
  joined(textAlign && `text-align: ${textAlign}`, indent && `text-indent: ${indent}`, lineHeight && `line-height: ${lineHeight}`, look);

export const htmlOf = (parts: Part[]) => written(piecesOf(parts));

export function* piecesOf(parts: Part[]): Generator<Piece> {
  // Lines at the end are there to be written in.
  let end = parts.length;
  while (end > 0 && isEmptyLine(parts[end - 1] as Part)) {
    end -= 1;
  }
  const lists: { tag: string; level: number }[] = [];
  for (let index = 0; index < end; index += 1) {
    const part = parts[index] as Part;
    if (part.type === 'list-item') {
      yield* entry(part, index, lists);
      continue;
    }
    yield* closed(lists, 0);
    if (part.type === 'blockquote') {
      if (index === 0 || parts[index - 1]?.type !== 'blockquote') {
        yield { open: 'blockquote' };
      }
      yield* block('p', part, [index]);
      if (parts[index + 1]?.type !== 'blockquote' || index + 1 === end) {
        yield { close: 'blockquote' };
      }
    } else {
      yield* other(part, [index]);
    }
  }
  yield* closed(lists, 0);
}

function* closed(lists: { tag: string }[], depth: number): Generator<Piece> {
  while (lists.length > depth) {
    yield { close: 'li' };
    yield { close: lists.pop()?.tag ?? 'ul' };
  }
}

function* entry(part: Part, index: number, lists: { tag: string; level: number }[]): Generator<Piece> {
  const level = part.level ?? 0;
  const tag = part.ordered === true ? 'ol' : 'ul';
  yield* closed(lists, lists.findIndex((list) => list.level > level) >>> 0);
  const top = lists.at(-1);
  if (top?.level === level && (top.tag !== tag || part.start !== undefined)) {
    yield* closed(lists, lists.length - 1);
  }
  if (lists.at(-1)?.level === level) {
    yield { close: 'li' };
  } else {
    lists.push({ tag, level });
    yield { open: tag, attributes: said({ start: part.start, type: part.kind }) };
  }
  yield { open: 'li', attributes: said({ style: styleOfBlock(part) }), path: [index] };
  yield* inline(part.children, [index]);
}

function* block(tag: string, part: Part, path: number[], attributes: Attributes = []): Generator<Piece> {
  yield { open: tag, attributes: [...attributes, ...said({ style: styleOfBlock(part) })], path };
  // An empty line is seen only with a line break in it; an empty cell is seen anyway.
  if (!/^t[dh]$/.test(tag) || textOf(part) !== '' || part.children.length > 1) {
    yield* inline(part.children, path);
  }
  yield { close: tag };
}

function* other(part: Part, path: number[]): Generator<Piece> {
  const level = /^header(\d)$/.exec(part.type)?.[1];
  if (level !== undefined) {
    yield* block(`h${level}`, part, path);
  } else if (part.type === 'figure') {
    yield* figure(part, path);
  } else if (part.type === 'table') {
    yield* table(part, path);
  } else if (part.type === 'divider') {
    yield { open: 'hr', path };
  } else if (part.type === 'pre') {
    yield { open: 'pre', path };
    yield { open: 'code' };
    for (const [at, text] of (part.children[0] as Part).children.entries()) {
      yield { text: (text as Words).text, at: { path: [...path, 0, at], offset: 0 } };
    }
    yield { close: 'code' };
    yield { close: 'pre' };
  } else if (part.type === 'island') {
    for (const node of parsed(part.html ?? '').childNodes) {
      yield* piecesOfNode(node, path);
    }
  } else {
    yield* block('p', part, path);
  }
}

function* figure(part: Part, path: number[]): Generator<Piece> {
  if (part.waiting !== undefined) {
    return;
  }
  yield { open: 'figure', attributes: said({ style: styleOfBlock(part) }), path };
  yield* picture(part, path);
  if (part.children.some((child) => !isWords(child) || child.text !== '')) {
    yield { open: 'figcaption', path };
    yield* inline(part.children, path);
    yield { close: 'figcaption' };
  }
  yield { close: 'figure' };
}

function* picture({ src, alt, title, href, size, width, height, waiting }: Part, path: number[]): Generator<Piece> {
  if (waiting !== undefined) {
    return;
  }
  if (href !== undefined) {
    yield { open: 'a', attributes: [['href', href]], path };
  }
  const attributes: Attributes = [['src', src ?? ''], ['alt', alt ?? ''], ...said({ title, width, height, style: size })];
  yield { open: 'img', attributes, path };
  if (href !== undefined) {
    yield { close: 'a' };
  }
}

function* table(part: Part, path: number[]): Generator<Piece> {
  yield { open: 'table', attributes: said({ style: part.look }), path };
  if (part.caption !== undefined && part.caption !== '') {
    yield { open: 'caption', path };
    yield { text: part.caption, at: { path, offset: WHOLE } };
    yield { close: 'caption' };
  }
  const widths = part.columnWidths ?? [];
  const whole = widths.reduce((sum, width) => sum + width, 0);
  if (widths.some((width) => Math.abs(width - (widths[0] ?? 0)) > 1)) {
    yield { open: 'colgroup' };
    for (const width of widths) {
      yield { open: 'col', attributes: [['width', `${Math.round((width / whole) * 1000) / 10}%`]] };
    }
    yield { close: 'colgroup' };
  }
  const rows = part.children as Part[];
  const body = headRows(rows);
  for (const [at, row] of rows.entries()) {
    if (at === 0 || at === body) {
      yield { open: at < body ? 'thead' : 'tbody' };
    }
    yield { open: 'tr' };
    for (const [column, cell] of (row.children as Part[]).entries()) {
      if (cell.hidden !== true) {
        const { colSpan = 1, rowSpan = 1 } = cell;
        const spans = said({ colspan: colSpan > 1 ? colSpan : undefined, rowspan: rowSpan > 1 ? rowSpan : undefined });
        yield* block(cell.isHeader === true ? 'th' : 'td', cell, [...path, at, column], spans);
      }
    }
    yield { close: 'tr' };
    if (at + 1 === body || at + 1 === rows.length) {
      yield { close: at < body ? 'thead' : 'tbody' };
    }
  }
  yield { close: 'table' };
}

/** How many rows at the top are the table's head: rows of header cells that do not reach below it. */
function headRows(rows: Part[]): number {
  const cells = rows.map((row) => row.children as Part[]);
  const count = cells.findIndex((row) => row.length === 0 || row.some((cell) => cell.isHeader !== true));
  const reaches = cells.slice(0, count).some((row, at) => row.some((cell) => at + (cell.rowSpan ?? 1) > count));
  return count < 1 || reaches ? 0 : count;
}

function* inline(children: Child[], path: number[]): Generator<Piece> {
  if (children.length === 1 && isWords(children[0] as Child) && (children[0] as Words).text === '') {
    yield { open: 'br' };
    return;
  }
  for (const [index, child] of children.entries()) {
    const here = [...path, index];
    if (isWords(child)) {
      yield* words(child, here);
    } else if (child.type === 'link') {
      yield { open: 'a', attributes: said({ href: child.url, title: child.title }), path: here };
      yield* inline(child.children, here);
      yield { close: 'a' };
    } else if (child.type === 'image') {
      yield* picture(child, here);
    } else {
      yield* inline(child.children, here);
    }
  }
}

function* words(words: Words, path: number[]): Generator<Piece> {
  const { text, color, bgColor, fontSize, look } = words;
  if (text === '') {
    return;
  }
  const tags = TAGS.filter(([mark]) => words[mark] === true).map(([, tag]) => tag);
  const style = joined(color && `color: ${color}`, bgColor && `background-color: ${bgColor}`, fontSize && `font-size: ${fontSize}`, look);
  if (style !== '') {
    yield { open: 'span', attributes: [['style', style]] };
  }
  for (const tag of tags) {
    yield { open: tag };
  }
  let offset = 0;
  for (const [index, line] of text.split('\n').entries()) {
    if (index > 0) {
      yield { open: 'br' };
    }
    if (line !== '') {
      // Of several spaces HTML would show one.
      yield { text: line.replace(/ (?= )/g, '\u00a0'), at: { path, offset } };
    }
    offset += line.length + 1;
  }
  for (const tag of tags.reverse()) {
    yield { close: tag };
  }
  if (style !== '') {
    yield { close: 'span' };
  }
}
