// What the toolbar does to the text.

import { type IDomEditor, SlateEditor, SlateElement, SlateRange, SlateText, SlateTransforms } from '@wangeditor-next/editor';
import { columnAfter } from './columns';
import { type Marks, type Part, isTextual } from './parts';
import { removeBlock } from './showing';

/** What is around the caret, as the toolbar shows it. */
export interface Around {
  style: string;
  bold: boolean;
  color: string;
  list: '' | 'bullets' | 'numbers';
  quote: boolean;
  center: boolean;
  /** A block that is no line of words, such as a table or a figure. */
  solid?: Part;
  index: number;
  /** A picture, in a figure or among words, and the way to it. */
  picture?: Part;
  path: number[];
  link?: Part;
  selected: string;
}

const NOWHERE: Around = { style: 'paragraph', bold: false, color: '', list: '', quote: false, center: false, index: -1, path: [], selected: '' };

export function around(editor: IDomEditor): Around {
  const { selection } = editor;
  const index = selection?.anchor.path[0];
  const block = index === undefined ? undefined : (editor.children[index] as unknown as Part | undefined);
  if (index === undefined || block === undefined || selection === null) {
    return NOWHERE;
  }
  const marks = (SlateEditor.marks(editor) ?? {}) as Marks;
  const [link] = SlateEditor.nodes(editor, { match: (node) => typeOf(node) === 'link' });
  const [image] = SlateEditor.nodes(editor, { match: (node) => typeOf(node) === 'figure' || typeOf(node) === 'image', mode: 'lowest', voids: true });
  return {
    style: isTextual(block) ? block.type : '',
    bold: marks.bold === true,
    color: marks.color ?? '',
    list: block.type !== 'list-item' ? '' : block.ordered === true ? 'numbers' : 'bullets',
    quote: block.type === 'blockquote',
    center: block.textAlign === 'center',
    solid: isTextual(block) ? undefined : block,
    index,
    picture: image?.[0] as unknown as Part | undefined,
    path: image?.[1] ?? [],
    link: link?.[0] as unknown as Part | undefined,
    selected: SlateRange.isCollapsed(selection) ? '' : SlateEditor.string(editor, selection),
  };
}

const typeOf = (node: unknown) => (node as Part).type;

/** Of the selected lines of words, so that no table or figure becomes something else. */
const lines = { match: (node: unknown) => SlateElement.isElement(node) && isTextual(node as unknown as Part), mode: 'highest' as const };

const setLines = (editor: IDomEditor, fields: Partial<Record<keyof Part, unknown>>) => SlateTransforms.setNodes(editor, fields as never, lines as never);

const PLAIN = { ordered: undefined, level: undefined, start: undefined, kind: undefined };

export const setStyle = (editor: IDomEditor, type: string) => setLines(editor, { ...PLAIN, type });

export function toggleList(editor: IDomEditor, ordered: boolean) {
  const isSame = around(editor).list === (ordered ? 'numbers' : 'bullets');
  if (isSame) {
    setStyle(editor, 'paragraph');
    return;
  }
  // An entry of another list stays as deep as it is.
  setLines(editor, { type: 'list-item', ordered, start: undefined, kind: undefined, indent: undefined });
  SlateTransforms.setNodes(editor, { level: 0 } as never, { match: (node) => typeOf(node) === 'list-item' && (node as unknown as Part).level === undefined });
}

export const toggleQuote = (editor: IDomEditor) => setStyle(editor, around(editor).quote ? 'paragraph' : 'blockquote');

export function toggleCenter(editor: IDomEditor) {
  const textAlign = around(editor).center ? undefined : 'center';
  SlateTransforms.setNodes(editor, { textAlign } as never, {
    match: (node: unknown) => SlateElement.isElement(node) && (isTextual(node as unknown as Part) || typeOf(node) === 'table-cell'),
  });
}

export function toggleBold(editor: IDomEditor) {
  if (around(editor).bold) {
    editor.removeMark('bold');
  } else {
    editor.addMark('bold', true);
  }
}

export function setColor(editor: IDomEditor, color: string) {
  if (color === '') {
    editor.removeMark('color');
  } else {
    editor.addMark('color', color);
  }
}

const MARKS: (keyof Marks)[] = ['bold', 'italic', 'underline', 'through', 'sub', 'sup', 'code', 'small', 'color', 'bgColor', 'fontSize', 'look'];

/** Words without marks, lines without looks; what they are stays. */
export function clear(editor: IDomEditor) {
  SlateEditor.withoutNormalizing(editor, () => {
    SlateTransforms.unsetNodes(editor, MARKS as never, { match: (node: unknown) => SlateText.isText(node), split: true });
    setLines(editor, { textAlign: undefined, indent: undefined, lineHeight: undefined, look: undefined });
  });
}

/** Links what is selected, or puts a link in. */
export function setLink(editor: IDomEditor, url: string, text: string) {
  const { link, selected } = around(editor);
  if (link !== undefined) {
    SlateTransforms.setNodes(editor, { url } as never, { match: (node) => typeOf(node) === 'link' });
    return;
  }
  if (selected === text && text !== '') {
    SlateTransforms.wrapNodes(editor, { type: 'link', url, children: [] } as never, { split: true });
    SlateTransforms.collapse(editor, { edge: 'end' });
    return;
  }
  editor.deleteFragment();
  SlateTransforms.insertNodes(editor, { type: 'link', url, children: [{ text }] } as never);
  // What is written next is no part of it.
  SlateTransforms.move(editor, { unit: 'offset' });
}

export const removeLink = (editor: IDomEditor) => SlateTransforms.unwrapNodes(editor, { match: (node) => typeOf(node) === 'link' });

export function emptyTable(rows: number, columns: number, caption: string): Part {
  const cell = (isHeader: boolean): Part => ({ type: 'table-cell', isHeader, children: [{ text: '' }] });
  return {
    type: 'table',
    width: '100%',
    caption: caption.trim(),
    columnWidths: Array<number>(columns).fill(90),
    children: Array.from({ length: rows }, (_, row) => ({ type: 'table-row', children: Array.from({ length: columns }, () => cell(row === 0)) })),
  };
}

/** A column right of the cell with the caret. */
export function addColumn(editor: IDomEditor) {
  const [entry] = SlateEditor.nodes(editor, { match: (node) => typeOf(node) === 'table-cell' });
  const [table = 0, row = 0, index = 0] = entry?.[1] ?? [];
  const part = editor.children[table] as unknown as Part;
  if (entry === undefined || part.type !== 'table') {
    return;
  }
  const { wider, added, widths } = columnAfter(part, row, index);
  SlateEditor.withoutNormalizing(editor, () => {
    for (const [at, cell] of wider) {
      const { colSpan = 1 } = (part.children[at] as Part).children[cell] as Part;
      change(editor, [table, at, cell], { colSpan: colSpan + 1 });
    }
    for (const [at, cell] of added) {
      const isHeader = ((part.children[at] as Part).children as Part[]).every((other) => other.isHeader === true);
      SlateTransforms.insertNodes(editor, { type: 'table-cell', isHeader, children: [{ text: '' }] } as never, { at: [table, at, cell] });
    }
    change(editor, [table], { columnWidths: widths });
  });
}

export const change = (editor: IDomEditor, path: number[], fields: Partial<Part>) => SlateTransforms.setNodes(editor, fields as never, { at: path });

export function removePicture(editor: IDomEditor, path: number[]) {
  if (path.length === 1) {
    removeBlock(editor, path[0] ?? 0);
  } else {
    SlateTransforms.removeNodes(editor, { at: path, voids: true });
  }
}
