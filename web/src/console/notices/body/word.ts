// What Word writes that is no HTML: lists as paragraphs with a mark of their own, and pictures as digits.

export interface Entry {
  level: number;
  ordered: boolean;
  /** The first number, where it is not 1. */
  start?: number;
}

/**
 * What a paragraph with `mso-list` is. «一、», «（1）» and their like are no list of HTML, which would number otherwise: there the
 * mark stays as words.
 */
export function entryOf(style: string, mark: string): Entry | undefined {
  const level = Math.min(Math.max(Number(/level(\d+)/.exec(style)?.[1] ?? 1), 1), 6) - 1;
  const sign = mark.replace(/[\s\u00a0]+/g, '');
  const number = /^(\d+)[.．、]?$/.exec(sign)?.[1];
  if (number !== undefined) {
    return { level, ordered: true, start: Number(number) };
  }
  return /^([·•●○■□◆◇▪◦§ØüvnqloO–-]|[\uf000-\uf0ff])$/.test(sign) ? { level, ordered: false } : undefined;
}

/** Whether it is a list paragraph whose mark is left out. */
export const isListStyle = (style: string | undefined) => style !== undefined && /\blevel\d+\b/.test(style);

export interface Blip {
  kind: 'image/png' | 'image/jpeg';
  bytes: Uint8Array<ArrayBuffer>;
}

/** The pictures of a text in RTF, in order; those that no browser shows have a place without a picture. */
export function rtfPictures(rtf: string): (Blip | undefined)[] {
  const found: (Blip | undefined)[] = [];
  let at = 0;
  for (;;) {
    at = rtf.indexOf('{\\pict', at);
    if (at < 0) {
      return found;
    }
    const end = groupEnd(rtf, at);
    const group = rtf.slice(at, end);
    // Beside each picture stands a copy for programs that do not know its kind.
    const isCopy = /\{\\nonshppict\s*$/.test(rtf.slice(Math.max(0, at - 20), at));
    if (!isCopy) {
      const kind = group.includes('\\pngblip') ? 'image/png' : group.includes('\\jpegblip') ? 'image/jpeg' : undefined;
      found.push(kind && blip(kind, withoutGroups(group.slice(1, -1))));
    }
    at = end;
  }
}

function blip(kind: Blip['kind'], group: string): Blip | undefined {
  const digits = group.replace(/\\[a-z*]+-?\d* ?/gi, '').replace(/[^\da-f]/gi, '');
  const bytes = new Uint8Array(digits.length >> 1);
  for (let index = 0; index < bytes.length; index += 1) {
    bytes[index] = Number.parseInt(digits.slice(index * 2, index * 2 + 2), 16);
  }
  return bytes.length < 8 ? undefined : { kind, bytes };
}

function groupEnd(rtf: string, start: number): number {
  let depth = 0;
  for (let index = start; index < rtf.length; index += 1) {
    const sign = rtf[index];
    if (sign === '\\') {
      index += 1;
    } else if (sign === '{') {
      depth += 1;
    } else if (sign === '}') {
      depth -= 1;
      if (depth === 0) {
        return index + 1;
      }
    }
  }
  return rtf.length;
}

function withoutGroups(group: string): string {
  let text = '';
  let at = 0;
  for (;;) {
    const inner = group.indexOf('{', at);
    if (inner < 0) {
      return text + group.slice(at);
    }
    text += group.slice(at, inner);
    at = groupEnd(group, inner);
  }
}
