// The word list: its entries as forms, its lines as files, and a text with what was found in it.

import type { Schemas } from '../api/client';

export type Word = Schemas['WordView'];

/** An entry as it is typed. */
export interface Entry {
  word: string;
  level: Schemas['FindingLevel'];
  reason: string;
  suggestion: string;
  /** With 、 in between. */
  allowed: string;
}

export function entryOf(word?: Word): Entry {
  return {
    word: word?.word ?? '',
    level: word?.level ?? 'warning',
    reason: word?.reason ?? '',
    suggestion: word?.suggestion ?? '',
    allowed: (word?.allowed ?? []).join('、'),
  };
}

export function listed(entry: Entry): Schemas['ListedWord'] {
  const { word, level, reason, suggestion, allowed } = entry;
  return { word, level, reason, suggestion: suggestion.trim() || null, allowed: allowed.split(/[、，,；;\n]/).map((text) => text.trim()).filter(Boolean) };
}

export interface Stretch {
  text: string;
  /** The level of what was found here. */
  level?: Schemas['FindingLevel'];
}

/** A text cut where something was found; positions count characters as people do, not halves of them. */
export function marked(text: string, findings: Schemas['Finding'][]): Stretch[] {
  const characters = [...text];
  const stretches: Stretch[] = [];
  let end = 0;
  const add = (from: number, to: number, level?: Stretch['level']) => {
    if (to > from) {
      stretches.push({ text: characters.slice(from, to).join(''), level });
    }
  };
  const places = findings.flatMap(({ level, place }) => (place.passage ? [{ level, ...place.passage }] : []));
  for (const { level, start, end: until } of places.sort((one, other) => one.start - other.start)) {
    add(end, Math.max(end, start));
    add(Math.max(end, start), until, level);
    end = Math.max(end, until);
  }
  add(end, characters.length);
  return stretches;
}

/** Lines of a table that was saved as CSV, with tabs in between as the list's own lines have them. */
export function linesOfCsv(text: string): string {
  const cells = /(?:^|,)("(?:[^"]|"")*"|[^",]*)/g;
  return text
    .replace(/\r\n?/g, '\n')
    .split('\n')
    .map((line) => {
      if (/[\t|｜]/.test(line)) {
        return line;
      }
      const found = [...line.matchAll(cells)].map(([, cell = '']) => (cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell));
      return found.join('\t');
    })
    .join('\n');
}

/** What a text file says: UTF-8, or what Excel in China saves. Nothing when it is no text. */
export function decoded(bytes: ArrayBuffer): string | undefined {
  for (const encoding of ['utf-8', 'gb18030']) {
    try {
      const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
      return text.includes('\0') ? undefined : text;
    } catch {
      // Another encoding, then.
    }
  }
  return undefined;
}
