// A text as the tags and words that it is written with, in order: from here it becomes HTML, plain text, or a comparison.

/** A place in the text as the editor counts: the way down to a text, and how far in it. */
export interface Point {
  path: number[];
  offset: number;
}

/** The offset of words that have no place of their own, since only what they are part of can be selected. */
export const WHOLE = -1;

export type Piece =
  | { open: string; attributes?: [name: string, value: string][]; path?: number[] }
  | { close: string }
  | { text: string; at?: Point };

const VOID = new Set(['br', 'col', 'hr', 'img']);

export const isVoid = (name: string) => VOID.has(name);

const SIGNS: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\u00a0': '&nbsp;' };

const escaped = (text: string) => text.replace(/[&<>"\u00a0]/g, (sign) => SIGNS[sign] ?? sign);

export function written(pieces: Iterable<Piece>): string {
  let html = '';
  for (const piece of pieces) {
    if ('text' in piece) {
      html += escaped(piece.text);
    } else if ('close' in piece) {
      html += `</${piece.close}>`;
    } else {
      const attributes = (piece.attributes ?? []).map(([name, value]) => ` ${name}="${escaped(value)}"`);
      html += `<${piece.open}${attributes.join('')}>`;
    }
  }
  return html;
}

/** The pieces of what a browser has read. */
export function* piecesOfNode(node: Node, path?: number[]): Generator<Piece> {
  if (node.nodeType === Node.TEXT_NODE) {
    yield { text: node.textContent ?? '', at: path && { path, offset: WHOLE } };
  } else if (node.nodeType === Node.ELEMENT_NODE) {
    const element = node as Element;
    const name = element.localName;
    yield { open: name, attributes: [...element.attributes].map((attribute) => [attribute.name, attribute.value]), path };
    for (const child of element.childNodes) {
      yield* piecesOfNode(child, path);
    }
    if (!isVoid(name)) {
      yield { close: name };
    }
  }
}

export const parsed = (html: string): HTMLElement => new DOMParser().parseFromString(html, 'text/html').body;

const COUNTED = /^(h[1-6]|li|t[dh]|d[td]|figcaption|caption|pre|hr)$/;

/** What must not get lost when a text is written anew: its words, pictures, links, headings, entries and cells. */
export function facts(pieces: Iterable<Piece>): string {
  let text = '';
  let last = '';
  const told: string[] = [];
  for (const piece of pieces) {
    if ('text' in piece) {
      text += piece.text.replace(/\s+/g, '');
    } else if ('open' in piece) {
      const found = Object.fromEntries(piece.attributes ?? []);
      if (piece.open === 'img' && found['data-waiting'] === undefined) {
        told.push(`img ${found.src ?? ''} ${found.alt ?? ''}`);
      } else if (piece.open === 'a' && found.href !== undefined && found.href !== last) {
        // A link that goes on after bold words is the same link.
        last = found.href;
        told.push(`a ${last}`);
      } else if (COUNTED.test(piece.open)) {
        told.push(`${piece.open} ${found.colspan ?? 1} ${found.rowspan ?? 1}`);
      }
    }
  }
  return [text, ...told].join('\n');
}
