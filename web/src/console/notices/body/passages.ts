// Passages of a text's plain text, counted as the server counts them (`checks::plain_text`): every character of its text, a
// line feed for each <br>, and one wherever a block begins or ends after something else than a line feed.

import { type Piece, type Point, WHOLE } from './pieces';

export interface Plain {
  /** Characters, of which some are two for JavaScript. */
  readonly characters: readonly string[];
  /** Where stretches of them stand in the editor, in order. */
  readonly stretches: readonly { from: number; to: number; at: Point }[];
}

const BLOCKS = new Set(
  `address article aside blockquote caption dd details div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr li main nav
   ol p pre section summary table tbody td tfoot th thead tr ul`.split(/\s+/),
);

export function plainOf(pieces: Iterable<Piece>): Plain {
  const characters: string[] = [];
  const stretches: { from: number; to: number; at: Point }[] = [];
  for (const piece of pieces) {
    if ('text' in piece) {
      const from = characters.length;
      // One after the other: a long text is too much for one call.
      for (const character of piece.text) {
        characters.push(character);
      }
      if (piece.at !== undefined) {
        stretches.push({ from, to: characters.length, at: piece.at });
      }
      continue;
    }
    const name = 'open' in piece ? piece.open : piece.close;
    if (BLOCKS.has(name) && characters.length > 0 && characters.at(-1) !== '\n') {
      characters.push('\n');
    }
    if (name === 'br') {
      characters.push('\n');
    }
  }
  return { characters, stretches };
}

/** Where a text begins that is searched: the place nearest to where it was. */
export function nearest(characters: readonly string[], quote: string, near: number): number | undefined {
  const wanted = [...quote];
  let best: number | undefined;
  if (wanted.length === 0) {
    return undefined;
  }
  for (let start = 0; start + wanted.length <= characters.length; start += 1) {
    const isCloser = best === undefined || Math.abs(start - near) < Math.abs(best - near);
    if (isCloser && wanted.every((character, index) => characters[start + index] === character)) {
      best = start;
    }
  }
  return best;
}

/** A stretch of one text in another that differs from it in white space only, as the same text does when it is written anew. */
export function aligned(from: readonly string[], to: readonly string[], start: number, end: number): { start: number; end: number } {
  const solid = (character: string) => /\S/.test(character);
  const before = from.slice(0, start).filter(solid).length;
  const within = from.slice(start, end).filter(solid).length;
  let count = 0;
  let first = to.length;
  for (const [index, character] of to.entries()) {
    if (solid(character)) {
      count += 1;
      if (count === before + 1) {
        first = index;
      }
      if (within > 0 && count === before + within) {
        return { start: Math.min(first, index), end: index + 1 };
      }
    }
  }
  return { start: first, end: first };
}

/** The editor's place of a position; as an end, it stays with the character before. */
export function pointAt({ characters, stretches }: Plain, position: number, isEnd: boolean): Point | undefined {
  const holds = ({ from, to }: { from: number; to: number }) => (isEnd ? from < position && position <= to : from <= position && position < to);
  const stretch = stretches.find(holds) ?? (isEnd ? [...stretches].reverse().find(({ to }) => to <= position) : stretches.find(({ from }) => from >= position));
  if (stretch === undefined || stretch.at.offset === WHOLE) {
    return stretch?.at;
  }
  const until = Math.min(Math.max(position, stretch.from), stretch.to);
  const offset = characters.slice(stretch.from, until).join('').length;
  return { path: stretch.at.path, offset: stretch.at.offset + offset };
}

/** The position of an editor's place. */
export function positionOf({ characters, stretches }: Plain, point: Point): number {
  let last = 0;
  for (const { from, to, at } of stretches) {
    const order = compared(at.path, point.path);
    if (order > 0) {
      return last;
    }
    if (at.offset === WHOLE) {
      last = to;
      continue;
    }
    const length = characters.slice(from, to).join('').length;
    if (order === 0 && point.offset <= at.offset + length) {
      const within = Math.max(0, point.offset - at.offset);
      return from + [...characters.slice(from, to).join('').slice(0, within)].length;
    }
    last = to;
  }
  return last;
}

function compared(one: number[], other: number[]): number {
  for (let index = 0; index < Math.min(one.length, other.length); index += 1) {
    const difference = (one[index] ?? 0) - (other[index] ?? 0);
    if (difference !== 0) {
      return difference;
    }
  }
  return 0;
}
