// What differs between two versions of a notice: by field, and of a text by line.

import { momentText } from '../facts/moments';
import { pictureOf } from './contents';
import type { Content } from './notice';
import { texts } from './texts';

export interface Line {
  kind: 'same' | 'removed' | 'added';
  text: string;
}

/** A part of a line: what only this side has is marked. */
export interface Piece {
  text: string;
  isMarked: boolean;
}

/** Lines that belong beside each other; or how many are left out, since they are the same. */
export type Row = { before?: Piece[]; after?: Piece[] } | { same: number };

export interface FieldDifference {
  field: keyof Content;
  label: string;
  before: string;
  after: string;
  rows: Row[];
  /** The words are the same, and only their looks or pictures differ. */
  isOnlyLooks: boolean;
  pictures?: { before?: string; after?: string };
}

/** What is needed to show a content as people know it. */
export interface Known {
  account: string;
  sectionTitle(slug: string): string;
}

/** Longer texts are compared as a whole: the table of a comparison grows with the square. */
const MOST_LINES = 1_500;
const BLOCKS = 'p,h1,h2,h3,h4,h5,h6,li,blockquote,tr,figcaption,pre,div,section,figure,table,ul,ol,hr';

/** The lines of a body: its paragraphs as text, a row of a table as one line, pictures by their descriptions. */
export function linesOf(html: string): string[] {
  const body = new DOMParser().parseFromString(html, 'text/html').body;
  for (const picture of body.querySelectorAll('img')) {
    picture.replaceWith(`\n${texts.compare.picture(picture.alt)}\n`);
  }
  for (const cell of body.querySelectorAll('td,th')) {
    cell.append(' ｜ ');
  }
  for (const link of body.querySelectorAll('a[href]')) {
    link.append(texts.compare.link(link.getAttribute('href') ?? ''));
  }
  for (const block of body.querySelectorAll(BLOCKS)) {
    block.before('\n');
    block.after('\n');
  }
  for (const end of body.querySelectorAll('br')) {
    end.replaceWith('\n');
  }
  const lines = (body.textContent ?? '').split('\n').map((line) => line.trim().replace(/ ｜$/, ''));
  return lines.filter((line) => line !== '');
}

/** The lines of both, in one order: those that are gone, those that came, and those that stayed (longest common subsequence). */
export function compareLines(before: string[], after: string[]): Line[] {
  const line = (kind: Line['kind']) => (text: string) => ({ kind, text });
  if (before.length > MOST_LINES || after.length > MOST_LINES) {
    return [...before.map(line('removed')), ...after.map(line('added'))];
  }
  const width = after.length + 1;
  const common = new Uint16Array((before.length + 1) * width);
  const at = (row: number, column: number) => common[row * width + column] ?? 0;
  for (let row = before.length - 1; row >= 0; row -= 1) {
    for (let column = after.length - 1; column >= 0; column -= 1) {
      const isSame = before[row] === after[column];
      common[row * width + column] = isSame ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const lines: Line[] = [];
  let [row, column] = [0, 0];
  while (row < before.length || column < after.length) {
    if (row < before.length && column < after.length && before[row] === after[column]) {
      lines.push({ kind: 'same', text: before[row++] ?? '' });
      column += 1;
    } else if (row < before.length && (column === after.length || at(row + 1, column) >= at(row, column + 1))) {
      lines.push({ kind: 'removed', text: before[row++] ?? '' });
    } else {
      lines.push({ kind: 'added', text: after[column++] ?? '' });
    }
  }
  return lines;
}

/** A Chinese sign is a word of its own, and letters and digits that stand together are one. */
const WORDS = /\p{Script=Han}|(?:(?!\p{Script=Han})[\p{L}\p{N}])+|\s+|./gsu;
/** Lines that share less are two lines, and not one that was changed. */
const ALIKE = 0.3;

function compareWords(before: string, after: string): { before: Piece[]; after: Piece[] } {
  const words = compareLines(before.match(WORDS) ?? [], after.match(WORDS) ?? []);
  const shared = words.filter(({ kind }) => kind === 'same').reduce((sum, { text }) => sum + text.length, 0);
  if (shared < ALIKE * Math.max(before.length, after.length)) {
    return { before: whole(before), after: whole(after) };
  }
  const side = (other: Line['kind']) => {
    const pieces: Piece[] = [];
    for (const { kind, text } of words.filter((word) => word.kind !== other)) {
      const last = pieces[pieces.length - 1];
      if (last !== undefined && last.isMarked === (kind !== 'same')) {
        last.text += text;
      } else {
        pieces.push({ text, isMarked: kind !== 'same' });
      }
    }
    return pieces;
  };
  return { before: side('added'), after: side('removed') };
}

const whole = (text: string): Piece[] => (text === '' ? [] : [{ text, isMarked: true }]);
/** So many lines that are the same are shown around a change. */
const AROUND = 1;

/** What went and what came in its place stand beside each other, and what is far from any change is left out. */
export function rowsOf(lines: Line[]): Row[] {
  const rows: Row[] = [];
  const isNear = (index: number) => lines.slice(Math.max(0, index - AROUND), index + AROUND + 1).some(({ kind }) => kind !== 'same');
  for (let index = 0; index < lines.length; ) {
    const gone: string[] = [];
    const come: string[] = [];
    for (let line = lines[index]; line !== undefined && line.kind !== 'same'; line = lines[++index]) {
      (line.kind === 'removed' ? gone : come).push(line.text);
    }
    for (let at = 0; at < Math.max(gone.length, come.length); at += 1) {
      const [one, other] = [gone[at], come[at]];
      if (one !== undefined && other !== undefined) {
        rows.push(compareWords(one, other));
      } else {
        rows.push(one !== undefined ? { before: whole(one) } : { after: whole(other ?? '') });
      }
    }
    const line = lines[index];
    if (line !== undefined) {
      const last = rows[rows.length - 1];
      if (isNear(index)) {
        const pieces = [{ text: line.text, isMarked: false }];
        rows.push({ before: pieces, after: pieces });
      } else if (last !== undefined && 'same' in last) {
        last.same += 1;
      } else {
        rows.push({ same: 1 });
      }
      index += 1;
    }
  }
  return rows;
}

/** A field as somebody reads it. */
function shown(content: Content, field: keyof Content, known?: Known): string {
  const value = content[field];
  if (field === 'valid_from' || field === 'valid_until') {
    return momentText(value as number | null | undefined);
  }
  if (field === 'attachments') {
    return (content.attachments ?? []).map(({ name }) => name).join('、');
  }
  if (field === 'sections') {
    return (content.sections ?? []).map((slug) => known?.sectionTitle(slug) ?? slug).join('、');
  }
  return Array.isArray(value) ? value.join('、') : String(value ?? '');
}

const PICTURES: (keyof Content)[] = ['cover', 'picture'];

export function differences(before: Content, after: Content, known?: Known): FieldDifference[] {
  const fields = Object.keys(texts.compare.fields) as (keyof typeof texts.compare.fields)[];
  return fields
    .filter((field) => JSON.stringify(before[field] ?? null) !== JSON.stringify(after[field] ?? null))
    .map((field) => {
      const isBody = field === 'body_html';
      const [one, other] = [shown(before, field, known), shown(after, field, known)];
      const lines = isBody ? compareLines(linesOf(before.body_html ?? ''), linesOf(after.body_html ?? '')) : [];
      const isOnlyLooks = isBody ? lines.every(({ kind }) => kind === 'same') : one === other;
      const pictures =
        known !== undefined && PICTURES.includes(field)
          ? { before: pictureOf(known.account, { cover: null, picture: null, [field]: before[field] }), after: pictureOf(known.account, { cover: null, picture: null, [field]: after[field] }) }
          : undefined;
      const rows = isBody ? rowsOf(lines) : [compareWords(one, other)];
      return { field, label: texts.compare.fields[field], before: one, after: other, rows, isOnlyLooks, pictures };
    });
}

/** Whose version of a field is taken without asking: who alone has changed it. Both have changed what is `asked` about. */
export type Side = 'mine' | 'theirs' | 'asked';

/** The fields that differ. `typed` and `kept` are what both began with: as it was typed here, and as the server keeps it. */
export function sides(mine: Content, theirs: Content, typed: Content, kept: Content): Map<keyof Content, Side> {
  const text = (content: Content, field: keyof Content) => JSON.stringify(content[field] ?? null);
  const found = new Map<keyof Content, Side>();
  for (const field of Object.keys(texts.compare.fields) as (keyof Content)[]) {
    if (text(mine, field) !== text(theirs, field)) {
      const isMine = text(mine, field) !== text(typed, field);
      const isTheirs = text(theirs, field) !== text(kept, field);
      // Where nobody has, the same text is only written in two ways.
      if (isMine || isTheirs) {
        found.set(field, isMine && isTheirs ? 'asked' : isMine ? 'mine' : 'theirs');
      }
    }
  }
  return found;
}

/** Whether a person would call both the same: the server trims what was typed, and writes the same text in another way. */
export function saysTheSame(typed: Content, kept: Content): boolean {
  return differences(typed, kept).every(({ before, after, isOnlyLooks, field }) =>
    field === 'body_html' ? isOnlyLooks : before.trim() === after.trim(),
  );
}
