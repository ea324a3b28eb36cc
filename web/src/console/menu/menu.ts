// The menu as it is edited: entries in columns, how they move, and how long names are. No page and no request.

export type Kind =
  | 'click'
  | 'view'
  | 'miniprogram'
  | 'article_id'
  | 'article_view_limited'
  | 'media_id'
  | 'view_limited'
  | 'scancode_push'
  | 'scancode_waitmsg'
  | 'pic_sysphoto'
  | 'pic_photo_or_album'
  | 'pic_weixin'
  | 'location_select';

export type Field = 'key' | 'url' | 'media_id' | 'article_id' | 'appid' | 'pagepath';

export interface Entry {
  name: string;
  type?: string;
  key?: string;
  url?: string;
  media_id?: string;
  article_id?: string;
  appid?: string;
  pagepath?: string;
  sub_button?: Entry[];
}

export interface Variant {
  name: string;
  tag?: number | null;
  client?: 'ios' | 'android' | 'other' | null;
  button: Entry[];
}

export interface Definition {
  button: Entry[];
  variants?: Variant[];
}

/** Column, and row in it; no row means the column itself. */
export interface Place {
  column: number;
  row?: number;
}

export const MAX_COLUMNS = 3;
export const MAX_ROWS = 5;
export const MAX_VARIANTS = 10;

/** What each kind of button needs, in the order of its form. */
export const FIELDS: Record<Kind, Field[]> = {
  click: ['key'],
  view: ['url'],
  miniprogram: ['appid', 'pagepath', 'url'],
  article_id: ['article_id'],
  article_view_limited: ['article_id'],
  media_id: ['media_id'],
  view_limited: ['media_id'],
  scancode_push: ['key'],
  scancode_waitmsg: ['key'],
  pic_sysphoto: ['key'],
  pic_photo_or_album: ['key'],
  pic_weixin: ['key'],
  location_select: ['key'],
};

export const KINDS = Object.keys(FIELDS) as Kind[];

const LIMITS: Record<Field, number> = { key: 128, url: 1024, media_id: 1024, article_id: 1024, appid: 1024, pagepath: 1024 };

export function limitOf(field: Field | 'name', isColumn: boolean): number {
  return field === 'name' ? (isColumn ? 16 : 60) : LIMITS[field];
}

/** The length of a text as WeChat counts it. */
export function bytesOf(text: string | undefined): number {
  return new TextEncoder().encode(text ?? '').length;
}

export function blank(): Entry {
  return { name: '', type: 'click', key: '' };
}

export function rowsOf(column: Entry): Entry[] {
  return column.sub_button ?? [];
}

export function entryAt(columns: readonly Entry[], { column, row }: Place): Entry | undefined {
  const found = columns[column];
  return row === undefined || found === undefined ? found : rowsOf(found)[row];
}

/** A new action: what belongs to the old one goes. A key that is only a name is made up. */
export function withKind(entry: Entry, kind: Kind): Entry {
  const next: Entry = { name: entry.name, type: kind };
  for (const field of FIELDS[kind]) {
    const isOwnKey = field === 'key' && kind !== 'click';
    next[field] = isOwnKey ? kind : entry.type === kind || field === 'url' ? (entry[field] ?? '') : '';
  }
  return next;
}

function copy(columns: readonly Entry[]): Entry[] {
  return JSON.parse(JSON.stringify(columns)) as Entry[];
}

/** A column that has lost its last entry becomes an action again; one that has entries is none. */
function settle(columns: Entry[]): Entry[] {
  return columns.map((column) => {
    const rows = rowsOf(column);
    if (rows.length > 0) {
      return { name: column.name, sub_button: rows };
    }
    const { sub_button: _, ...rest } = column;
    return rest.type === undefined ? { ...blank(), name: column.name } : rest;
  });
}

export function addColumn(columns: readonly Entry[]): Entry[] {
  return columns.length >= MAX_COLUMNS ? [...columns] : [...copy(columns), blank()];
}

/** The first entry below a column takes over what the column did. */
export function addRow(columns: readonly Entry[], column: number): Entry[] {
  const next = copy(columns);
  const found = next[column];
  if (found === undefined || rowsOf(found).length >= MAX_ROWS) {
    return next;
  }
  const { sub_button: rows, ...action } = found;
  const isFirst = rows === undefined || rows.length === 0;
  next[column] = { name: found.name, sub_button: isFirst ? [{ ...action, name: '' }] : [...rows, blank()] };
  return next;
}

export function removeAt(columns: readonly Entry[], place: Place): Entry[] {
  const next = copy(columns);
  if (place.row === undefined) {
    next.splice(place.column, 1);
  } else {
    next[place.column]?.sub_button?.splice(place.row, 1);
  }
  return settle(next);
}

/** Moves an entry to where another stands, or a column to where another column is. Says where it is now; nothing when it cannot go there. */
export function move(columns: readonly Entry[], from: Place, to: Place): { columns: Entry[]; place: Place } | undefined {
  const next = copy(columns);
  if (from.row === undefined) {
    if (to.column < 0 || to.column >= next.length || from.column === to.column) {
      return undefined;
    }
    next.splice(to.column, 0, ...next.splice(from.column, 1));
    return { columns: next, place: { column: to.column } };
  }
  const target = next[to.column];
  const source = next[from.column];
  if (target === undefined || source === undefined) {
    return undefined;
  }
  const isOther = from.column !== to.column;
  const rows = rowsOf(target);
  // A column that does something itself has no list into which an entry could go.
  if (isOther && (rows.length === 0 || rows.length >= MAX_ROWS)) {
    return undefined;
  }
  const row = Math.min(to.row ?? rows.length, isOther ? rows.length : rows.length - 1);
  if (row < 0 || (!isOther && row === from.row)) {
    return undefined;
  }
  const [moved] = rowsOf(source).splice(from.row, 1);
  if (moved === undefined) {
    return undefined;
  }
  rows.splice(row, 0, moved);
  return { columns: settle(next), place: { column: to.column, row } };
}

export type Direction = 'up' | 'down' | 'left' | 'right';

/** One step by keyboard. */
export function step({ column, row }: Place, direction: Direction): Place {
  const aside = direction === 'left' ? -1 : direction === 'right' ? 1 : 0;
  if (row === undefined || aside !== 0) {
    return row === undefined ? { column: column + aside } : { column: column + aside, row };
  }
  return { column, row: row + (direction === 'up' ? -1 : 1) };
}

/** Where a section (`s`) or a notice (`a`) of the account has its page. */
export function pageOf(pages: string, kind: 's' | 'a', key: string): string {
  return `${pages}/${kind}/${encodeURIComponent(key)}`;
}

/** Which section's or notice's page an address leads to; empty when it leads elsewhere. */
export function keyOf(url: string, pages: string, kind: 's' | 'a'): string {
  const start = `${pages}/${kind}/`;
  const key = url.startsWith(start) ? url.slice(start.length) : '';
  return /^[\w.-]+$/.test(key) ? key : '';
}

/** The milliseconds of a time that a person in China has typed into a `datetime-local` field. */
export function millisOf(local: string): number | undefined {
  const millis = Date.parse(`${local.slice(0, 16)}:00+08:00`);
  return Number.isNaN(millis) ? undefined : millis;
}

/** `2026-11-25 09:30` in China. */
export function timeOf(millis: number): string {
  return new Date(millis + 8 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');
}
