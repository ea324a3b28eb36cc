// What is pasted, dropped or imported, put into the text.

import { type IDomEditor, SlateEditor, SlateRange, SlateTransforms } from '@wangeditor-next/editor';
import { cleaned } from './cleaning';
import { type Child, type Part, isEmptyLine, isTextual, isWords, textOf } from './parts';
import { parsed } from './pieces';
import { PICTURES, type usePictures } from './pictures';
import { readBlocks } from './reading';
import { rtfPictures } from './word';
import { htmlOf } from './writing';

export type Pictures = Pick<ReturnType<typeof usePictures>, 'askFor' | 'figures' | 'run'>;

/** Puts in what a clipboard holds; no when that is left to the editor's library. */
export function paste(editor: IDomEditor, data: DataTransfer, pictures: Pictures): boolean {
  const parts = partsOf(data, pictures);
  if (parts === undefined) {
    return false;
  }
  insert(editor, parts);
  void pictures.run();
  return true;
}

function partsOf(data: DataTransfer, pictures: Pictures): Part[] | undefined {
  const files = [...data.files].filter(({ type }) => PICTURES.includes(type));
  const own = ownHtml(data);
  // A sheet of styles is left out before it is read: the page's policy would complain of it.
  const html = (own ?? data.getData('text/html')).replace(/<style\b[^]*?<\/style\s*>/gi, '');
  const body = html === '' ? undefined : cleaned(parsed(html), { keepsLooks: own !== undefined }).body;
  const plain = data.getData('text/plain');
  if (body === undefined && files.length === 0 && /\n/.test(plain.trim())) {
    return plain.split(/[\r\n]+/).map((text) => ({ type: 'paragraph', children: [{ text: text.trim() }] }));
  }
  if (body === undefined || (body.textContent?.trim() === '' && body.querySelectorAll('img').length <= 1 && files.length > 0)) {
    // A picture alone: a browser adds a tag with its address, which is of no use where the picture itself is.
    return files.length > 0 ? pictures.figures(files) : undefined;
  }
  const local = body.querySelectorAll('img[data-source]:not([data-source^="http" i], [data-source^="data:" i], [data-source^="blob:" i])').length;
  pictures.askFor(body, local === 0 ? [] : localPictures(data, files, local));
  return readBlocks(body);
}

/** What was copied in the editor itself, written down: it may come from anywhere and is read like everything else. */
function ownHtml(data: DataTransfer): string | undefined {
  try {
    const parts = JSON.parse(decodeURIComponent(atob(data.getData('application/x-slate-fragment')))) as Part[];
    return htmlOf(parts.filter(({ type }) => typeof type === 'string')) || undefined;
  } catch {
    return undefined;
  }
}

/** Word has its pictures beside the text: as digits in RTF, or as files. */
function localPictures(data: DataTransfer, files: File[], count: number): (Blob | undefined)[] {
  const blips = rtfPictures(data.getData('text/rtf'));
  if (blips.length >= count) {
    return blips.map((blip) => blip && new Blob([blip.bytes], { type: blip.kind }));
  }
  // One file beside several pictures is a picture of the whole.
  return files.length === count ? files : [];
}

/** Puts parts in the place of what is selected. */
export function insert(editor: IDomEditor, parts: Part[]) {
  if (editor.selection === null) {
    SlateTransforms.select(editor, SlateEditor.end(editor, []));
  }
  if (parts.length === 0 || editor.selection === null) {
    return;
  }
  SlateEditor.withoutNormalizing(editor, () => {
    if (SlateRange.isExpanded(editor.selection as SlateRange)) {
      editor.deleteFragment();
    }
    const index = editor.selection?.anchor.path[0] ?? 0;
    const here = editor.children[index] as unknown as Part;
    const [first] = parts as [Part];
    const isLine = parts.length === 1 && first.type === 'paragraph';
    if (here.type === 'table' || here.type === 'pre' || (here.type === 'figure' && isLine)) {
      // In a cell, a caption or a text of fixed width stand words.
      SlateTransforms.insertNodes(editor, wordsOf(parts, here.type === 'pre') as never, { select: true });
    } else if (isTextual(here) && isLine) {
      SlateTransforms.insertNodes(editor, first.children as never, { select: true });
    } else {
      insertBlocks(editor, parts, index, here);
    }
  });
}

function insertBlocks(editor: IDomEditor, parts: Part[], index: number, here: Part) {
  let at = index + 1;
  const caret = editor.selection?.anchor as never;
  if (isEmptyLine(here)) {
    SlateTransforms.removeNodes(editor, { at: [index] });
    at = index;
  } else if (!isTextual(here)) {
    at = index + 1;
  } else if (SlateEditor.isStart(editor, caret, [index])) {
    at = index;
  } else if (!SlateEditor.isEnd(editor, caret, [index])) {
    SlateTransforms.splitNodes(editor, { always: true });
  }
  SlateTransforms.insertNodes(editor, parts as never, { at: [at] });
  const last = at + parts.length - 1;
  if (!isTextual(parts.at(-1) as Part) && last === editor.children.length - 1) {
    SlateTransforms.insertNodes(editor, { type: 'paragraph', children: [{ text: '' }] } as never, { at: [last + 1] });
  }
  SlateTransforms.select(editor, SlateEditor.end(editor, [last]));
}

/** The words of parts, a line for each. */
function wordsOf(parts: Part[], isPlain: boolean): Child[] {
  const lines = parts.flatMap((part): Child[][] =>
    part.type === 'table' ? (part.children as Part[]).map((row) => [{ text: (row.children as Part[]).map(textOf).join('　') }]) : [lineOf(part)],
  );
  const words = lines.flatMap((line, index) => (index === 0 ? line : [{ text: '\n' }, ...line]));
  return isPlain ? [{ text: words.map(textOf).join('') }] : words;
}

function lineOf(part: Part): Child[] {
  if (part.type === 'island') {
    return [{ text: parsed(part.html ?? '').textContent ?? '' }];
  }
  if (part.type !== 'figure') {
    return part.children.some((child) => !isWords(child) && child.type === 'code') ? [{ text: textOf(part) }] : part.children;
  }
  const { children, type: _type, ...picture } = part;
  return [{ ...picture, type: 'image', children: [{ text: '' }] }, ...children];
}
