// Lays an XML text out in lines without changing a character of it: the pieces of all lines, joined, are the text.

export type PieceKind = 'tag' | 'cdata' | 'text' | 'gap';

export interface Piece {
  kind: PieceKind;
  text: string;
}

export interface Line {
  depth: number;
  pieces: Piece[];
}

const TOKEN = /<!\[CDATA\[[\s\S]*?\]\]>|<\/?[^<>]+>|[^<]+/g;
const DEEPEST = 8;

/** The lines of an XML text, or null when it is not XML and has to be shown as it stands. */
export function xmlLines(text: string): Line[] | null {
  const tokens = text.match(TOKEN) ?? [];
  if (!text.trimStart().startsWith('<') || tokens.join('') !== text) {
    return null;
  }
  const lines: Line[] = [];
  let depth = 0;
  // Whether the element opened last has had a child, so that its end stands on a line of its own.
  let hasChild = true;
  for (const token of tokens) {
    const piece = { kind: kindOf(token), text: token };
    const last = lines.at(-1);
    if (piece.kind !== 'tag') {
      if (last) {
        last.pieces.push(piece);
      } else {
        lines.push({ depth: 0, pieces: [piece] });
      }
    } else if (token.startsWith('</')) {
      depth = Math.max(0, depth - 1);
      if (hasChild || !last) {
        lines.push({ depth: Math.min(depth, DEEPEST), pieces: [piece] });
      } else {
        last.pieces.push(piece);
      }
      hasChild = true;
    } else {
      lines.push({ depth: Math.min(depth, DEEPEST), pieces: [piece] });
      const closed = token.endsWith('/>') || token.startsWith('<?') || token.startsWith('<!');
      hasChild = closed;
      depth += closed ? 0 : 1;
    }
  }
  return lines;
}

function kindOf(token: string): PieceKind {
  if (token.startsWith('<![CDATA[')) {
    return 'cdata';
  }
  if (token.startsWith('<')) {
    return 'tag';
  }
  return token.trim() === '' ? 'gap' : 'text';
}
