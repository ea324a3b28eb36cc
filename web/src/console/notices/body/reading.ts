// The text of a notice as it is read to be edited. What the editor cannot hold without losing something of it becomes an island:
// it is shown, stays as it is, and can be removed as a whole.

import { PASTED } from './cleaning';
import { type Child, type Marks, type Part, type Words, emptyLine, isWords, textOf } from './parts';
import { facts, parsed, piecesOfNode } from './pieces';
import { joined, lookOf, marksOfStyle, styleOf, taken } from './styles';
import { readTable } from './tables';
import { piecesOf } from './writing';

const BLOCKS = new Set(
  `address article aside blockquote center dd details div dl dt figure footer form h1 h2 h3 h4 h5 h6 header hr main nav ol p pre
   section table ul li caption figcaption tr td th thead tbody tfoot`.split(/\s+/),
);
const MARKS: Record<string, Marks> = {
  b: { bold: true },
  strong: { bold: true },
  i: { italic: true },
  em: { italic: true },
  u: { underline: true },
  ins: { underline: true },
  s: { through: true },
  strike: { through: true },
  del: { through: true },
  sub: { sub: true },
  sup: { sup: true },
  small: { small: true },
  code: { code: true },
};
/** What the parts of a container take from it. */
const HANDED_DOWN = ['text-align', 'color', 'font-size', 'line-height', 'text-indent', 'background-color'];

/** A text; it ends with a line of words, so that one can write on after a table or a picture. */
export function readHtml(html: string): Part[] {
  const parts = readBlocks(parsed(html));
  const last = parts.at(-1);
  return last === undefined || ['table', 'figure', 'divider', 'island', 'pre'].includes(last.type) ? [...parts, emptyLine()] : parts;
}

export function readBlocks(container: Element, marks: Marks = {}): Part[] {
  const parts: Part[] = [];
  let line: Child[] = [];
  const endLine = () => {
    const words = trimmed(line);
    if (words.length > 0) {
      parts.push(lineOf(words));
    }
    line = [];
  };
  for (const node of container.childNodes) {
    if (isElement(node) && holdsBlocks(node)) {
      endLine();
      parts.push(...kept(node, readBlock(node, marks)));
    } else {
      line.push(...readInline(node, marks));
    }
  }
  endLine();
  return parts;
}

/** The parts of an element, or an island where they lack something of it. */
function kept(element: Element, parts: Part[]): Part[] {
  if (isPasted(element) || facts(piecesOfNode(element)) === facts(piecesOf(parts))) {
    return parts;
  }
  return [{ type: 'island', html: element.outerHTML, children: [{ text: '' }] }];
}

const isPasted = (element: Element) => element.ownerDocument.documentElement.hasAttribute(PASTED);

const isElement = (node: Node): node is Element => node.nodeType === 1;

const holdsBlocks = (element: Element): boolean => BLOCKS.has(element.localName) || [...element.children].some(holdsBlocks);

function readBlock(element: Element, marks: Marks): Part[] {
  const name = element.localName;
  if (/^h[1-6]$/.test(name)) {
    return [textual(element, `header${name[1]}`, marks)];
  }
  switch (name) {
    case 'p':
      return element.getAttribute('data-level') === null ? paragraph(element, marks) : [wordEntry(element, marks)];
    case 'hr':
      return [{ type: 'divider', children: [{ text: '' }] }];
    case 'ul':
    case 'ol':
      return readList(element, 0, marks);
    case 'blockquote':
      return readBlocks(element, marks).map((part) => (part.type === 'paragraph' ? { ...part, type: 'blockquote' } : part));
    case 'pre':
      return [{ type: 'pre', children: [{ type: 'code', children: [{ text: element.textContent ?? '' }] }] }];
    case 'table':
      return [readTable(element, (cell) => readLines(cell, marks))];
    case 'dl':
      // An island.
      return [];
    case 'figure':
      return readFigure(element, marks);
    default:
      return readContainer(element, marks);
  }
}

function readContainer(element: Element, marks: Marks): Part[] {
  const style = styleOf(element);
  const parts = readBlocks(element, { ...marks, ...MARKS[element.localName] });
  if (element.localName === 'center') {
    style.set('text-align', 'center');
  }
  for (const name of HANDED_DOWN) {
    const value = style.get(name);
    for (const part of value === undefined ? [] : parts) {
      if (part.type === 'figure' || part.type === 'island' || part.type === 'table') {
        continue;
      }
      if (name === 'text-align') {
        part.textAlign ??= value;
      } else if (name === 'text-indent') {
        part.indent ??= value;
      } else if (name === 'line-height') {
        part.lineHeight ??= value;
      } else if (!part.look?.includes(`${name}:`)) {
        part.look = joined(part.look, `${name}: ${value}`);
      }
    }
  }
  return parts;
}

function textual(element: Element, type: string, marks: Marks): Part {
  return { type, ...looks(element), children: readLines(element, marks) };
}

export function looks(element: Element): Partial<Part> {
  const style = styleOf(element);
  const found = {
    textAlign: taken(style, 'text-align') ?? element.getAttribute('align') ?? undefined,
    indent: taken(style, 'text-indent'),
    lineHeight: taken(style, 'line-height'),
    look: lookOf(style),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

/** A paragraph; one with nothing but a picture in it is a figure. */
function paragraph(element: Element, marks: Marks): Part[] {
  if ([...element.children].some((child) => BLOCKS.has(child.localName))) {
    return readContainer(element, marks);
  }
  const part = textual(element, 'paragraph', marks);
  const figures = figuresOf(part.children);
  // Of those that stand side by side in a notice each keeps its place; from elsewhere they come one below the other.
  return figures.length === 1 || (figures.length > 1 && isPasted(element)) ? figures : [part];
}

/** The pictures of a line in which nothing else stands. */
function figuresOf(line: Child[]): Part[] {
  const pictures = line.filter((child): child is Part => !isWords(child));
  const isAll = pictures.every(({ type }) => type === 'image') && line.every((child) => !isWords(child) || child.text.trim() === '');
  return isAll ? pictures.map((picture) => ({ ...picture, type: 'figure' })) : [];
}

function lineOf(words: Child[]): Part {
  const figures = figuresOf(words);
  return figures.length === 1 && figures[0] !== undefined ? figures[0] : { type: 'paragraph', children: words };
}

function readFigure(element: Element, marks: Marks): Part[] {
  const caption = element.querySelector(':scope > figcaption');
  const [picture] = readBlocks(withoutCaption(element), marks).filter(({ type }) => type === 'figure');
  if (picture === undefined) {
    return readBlocks(element, marks);
  }
  return [{ ...picture, ...looks(element), children: caption === null ? [{ text: '' }] : readLines(caption, marks) }];
}

function withoutCaption(element: Element): Element {
  const copy = element.cloneNode(true) as Element;
  copy.querySelector(':scope > figcaption')?.remove();
  return copy;
}

/** A list paragraph of Word, as the cleaning of what is pasted marks it. */
function wordEntry(element: Element, marks: Marks): Part {
  const level = Number(element.getAttribute('data-level'));
  const start = element.getAttribute('data-start') ?? undefined;
  return { type: 'list-item', level, ordered: element.hasAttribute('data-ordered'), ...(start && { start }), children: readLines(element, marks) };
}

function readList(list: Element, level: number, marks: Marks): Part[] {
  const ordered = list.localName === 'ol';
  const parts: Part[] = [];
  for (const item of list.children) {
    if (item.localName === 'ul' || item.localName === 'ol') {
      parts.push(...readList(item, level + 1, marks));
      continue;
    }
    const nested = [...item.children].filter(({ localName }) => localName === 'ul' || localName === 'ol');
    const own = item.cloneNode(true) as Element;
    own.querySelectorAll(':scope > ul, :scope > ol').forEach((inner) => inner.remove());
    parts.push({ type: 'list-item', ordered, level, ...looks(item), children: readLines(own, marks) });
    parts.push(...nested.flatMap((inner) => readList(inner, level + 1, marks)));
  }
  const [first] = parts;
  if (first !== undefined) {
    first.start = list.getAttribute('start') ?? undefined;
    first.kind = list.getAttribute('type') ?? undefined;
  }
  return parts;
}

/** The words of an element, with a line break between its blocks. */
function readLines(element: Element, marks: Marks): Child[] {
  const lines: Child[] = [];
  const newLine = () => {
    if (lines.length > 0 && !textOf(lines.at(-1) as Child).endsWith('\n')) {
      lines.push({ text: '\n' });
    }
  };
  const read = (nodes: Iterable<Node>, inherited: Marks) => {
    for (const node of nodes) {
      if (isElement(node) && holdsBlocks(node)) {
        newLine();
        read(node.childNodes, { ...inherited, ...MARKS[node.localName], ...marksOfStyle(styleOf(node)) });
        newLine();
      } else {
        lines.push(...readInline(node, inherited));
      }
    }
  };
  read(element.childNodes, marks);
  const words = trimmed(lines);
  return words.length === 0 ? [{ text: '' }] : words;
}

function readInline(node: Node, marks: Marks): Child[] {
  if (node.nodeType === 3) {
    const text = (node.textContent ?? '').replace(/[ \t\r\n\f]+/g, ' ');
    return text === '' ? [] : [{ ...marks, text }];
  }
  if (!isElement(node)) {
    return [];
  }
  if (node.localName === 'br') {
    return [{ ...marks, text: '\n' }];
  }
  if (node.localName === 'img') {
    return [readPicture(node)];
  }
  const style = styleOf(node);
  const inherited: Marks = { ...marks, ...MARKS[node.localName], ...marksOfStyle(style) };
  const look = lookOf(style);
  if (look !== undefined) {
    inherited.look = look;
  }
  const children = [...node.childNodes].flatMap((child) => readInline(child, inherited));
  const url = node.localName === 'a' ? node.getAttribute('href') : null;
  return url === null ? children : linked(children, url, node.getAttribute('title') ?? undefined);
}

/** A link around words; a picture has its link itself. */
function linked(children: Child[], url: string, title: string | undefined): Child[] {
  const parts: Child[] = [];
  for (const child of children) {
    const last = parts.at(-1);
    if (!isWords(child)) {
      parts.push({ ...child, href: url });
    } else if (last !== undefined && !isWords(last) && last.type === 'link') {
      last.children.push(child);
    } else {
      parts.push({ type: 'link', url, ...(title !== undefined && { title }), children: [child] });
    }
  }
  return parts;
}

function readPicture(image: Element): Part {
  const said = (name: string) => (image.getAttribute(name) ? { [name]: image.getAttribute(name) as string } : {});
  const waiting = image.getAttribute('data-waiting');
  return {
    type: 'image',
    src: image.getAttribute('src') ?? '',
    alt: image.getAttribute('alt') ?? '',
    ...said('title'),
    ...said('width'),
    ...said('height'),
    ...(lookOf(styleOf(image)) !== undefined && { size: lookOf(styleOf(image)) }),
    ...(waiting !== null && { waiting }),
    children: [{ text: '' }],
  };
}

/** Without the white space at both ends and around line breaks, which HTML does not show, and with words around pictures and links. */
function trimmed(children: Child[]): Child[] {
  const parts: Child[] = [];
  let isStart = true;
  const shorten = (words: Words) => {
    words.text = words.text.replace(/ *\n */g, '\n');
    words.text = isStart ? words.text.replace(/^ +/, '') : words.text;
    isStart = words.text === '' ? isStart : /[ \n]$/.test(words.text);
  };
  const isMeant = (child: Child) => !isWords(child) || child.text !== '';
  for (const child of children) {
    if (isWords(child)) {
      shorten(child);
    } else if (child.type === 'link') {
      child.children.forEach((inner) => isWords(inner) && shorten(inner));
    } else {
      isStart = false;
    }
    parts.push(child);
  }
  const last = parts.at(-1);
  if (last !== undefined && isWords(last)) {
    last.text = last.text.replace(/ +$/, '');
    // The line break at the end of a block is not seen; an empty line of its own is.
    last.text = last.text.replace(/\n$/, '');
  }
  const meant = joinedWords(parts.filter(isMeant));
  return meant.flatMap((child, index) => {
    const isEdge = (other: Child | undefined) => other === undefined || !isWords(other);
    return isWords(child) ? [child] : [...(isEdge(meant[index - 1]) ? [{ text: '' }] : []), child, ...(index + 1 === meant.length ? [{ text: '' }] : [])];
  });
}

/** Words with the same marks are one text. */
function joinedWords(children: Child[]): Child[] {
  const parts: Child[] = [];
  for (const child of children) {
    const last = parts.at(-1);
    if (last !== undefined && isWords(last) && isWords(child) && sameMarks(last, child)) {
      last.text += child.text;
    } else {
      parts.push(isWords(child) ? { ...child } : child);
    }
  }
  return parts;
}

function sameMarks({ text: _one, ...one }: Words, { text: _other, ...other }: Words): boolean {
  return JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort());
}
