// Places of the text as reviews and checks name them, found in the editor.

import { DomEditor, type IDomEditor, SlateEditor, SlateRange, SlateTransforms } from '@wangeditor-next/editor';
import type { Schemas } from '../../api/client';
import type { Part } from './parts';
import { type Plain, aligned, nearest, plainOf, pointAt, positionOf } from './passages';
import { type Piece, WHOLE, parsed, piecesOfNode } from './pieces';
import { piecesOf } from './writing';

type Place = Schemas['FindingPlace'];
type Passage = Schemas['ReviewPassage'];

const partsOf = (editor: IDomEditor) => editor.children as unknown as Part[];

/** The plain text of what was given: the passages that are told outside count in it. */
export function plainOfHtml(html: string): Plain {
  const body = parsed(html);
  return plainOf([...body.childNodes].flatMap((node) => [...piecesOfNode(node)]));
}

/** What is selected, as a passage of the text that was given. */
export function passageOf(editor: IDomEditor, range: SlateRange, html: string): Passage | undefined {
  const own = plainOf(piecesOf(partsOf(editor)));
  const [from, to] = SlateRange.edges(range);
  const within = { start: positionOf(own, from), end: positionOf(own, to) };
  const given = plainOfHtml(html);
  const { start, end } = aligned(own.characters, given.characters, within.start, within.end);
  const quote = given.characters.slice(start, end).join('');
  return quote.trim() === '' ? undefined : { start, end, quote };
}

/** Where a passage stands now, if its words are still there. */
export function rangeOf(editor: IDomEditor, { start, end, quote }: Passage, html: string): SlateRange | undefined {
  const own = plainOf(piecesOf(partsOf(editor)));
  const given = plainOfHtml(html);
  const near = aligned(given.characters, own.characters, start, end);
  const isSame = own.characters.slice(near.start, near.end).join('') === quote;
  const from = isSame ? near.start : nearest(own.characters, quote, near.start);
  if (from === undefined) {
    return undefined;
  }
  const anchor = pointAt(own, from, false);
  const focus = pointAt(own, from + [...quote].length, true);
  if (anchor === undefined || focus === undefined) {
    return undefined;
  }
  // Words of an island or of a table's caption have no place of their own.
  const whole = [anchor, focus].find(({ offset }) => offset === WHOLE);
  return whole === undefined ? { anchor, focus } : SlateEditor.range(editor, SlateEditor.start(editor, whole.path));
}

const isOf: Record<NonNullable<Place['element']>, (name: string) => boolean> = {
  picture: (name) => name === 'img',
  link: (name) => name === 'a',
  heading: (name) => /^h[1-6]$/.test(name),
};

/** The way to the nth picture, link or heading. */
export function pathOfElement(editor: IDomEditor, element: NonNullable<Place['element']>, index: number): number[] | undefined {
  let count = 0;
  for (const piece of piecesOf(partsOf(editor))) {
    if ('open' in piece && isOf[element](piece.open) && count++ === index) {
      return (piece as Extract<Piece, { open: string }>).path;
    }
  }
  return undefined;
}

/** Shows a range: it is selected, seen, and where one can write has the focus. */
export function reveal(editor: IDomEditor, range: SlateRange) {
  if (!editor.isDisabled()) {
    editor.focus();
    SlateTransforms.select(editor, range);
  }
  // The library draws first.
  requestAnimationFrame(() => {
    const [node] = SlateEditor.node(editor, range.anchor.path.slice(0, -1));
    const element = DomEditor.toDOMNode(editor, node);
    element.scrollIntoView({ block: 'center' });
    if (editor.isDisabled()) {
      (element.closest('[role=textbox]') as HTMLElement | null)?.focus({ preventScroll: true });
      const { startContainer, startOffset, endContainer, endOffset } = DomEditor.toDOMRange(editor, range);
      getSelection()?.setBaseAndExtent(startContainer, startOffset, endContainer, endOffset);
    }
  });
}
