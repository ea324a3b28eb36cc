// What a line of the trail says was changed, part by part, as a person reads it.

import { moment } from '../people/moments';
import { texts as frame } from '../texts';
import { texts } from './texts';

type Parts = Record<string, unknown> | null | undefined;

export interface Difference {
  part: string;
  before: string;
  after: string;
}

/** A whole text or menu is not read here: how it begins is enough to know it by. */
const LONGEST = 160;

export function differences(before: Parts, after: Parts, accountName = (slug: string) => slug): Difference[] {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  return [...names]
    .map((part) => ({ part, before: told(part, before?.[part], accountName), after: told(part, after?.[part], accountName) }))
    .filter((found) => found.before !== found.after)
    .map((found) => ({ part: found.part, before: cut(found.before), after: cut(found.after) }));
}

function told(part: string, value: unknown, accountName: (slug: string) => string): string {
  if (value === undefined || value === null) {
    return '';
  }
  if (Array.isArray(value)) {
    return value.map((one) => told(part, one, accountName)).join('、');
  }
  if (typeof value === 'boolean') {
    return value ? texts.yes : texts.no;
  }
  if (typeof value === 'number') {
    return part.endsWith('_at') ? moment(value) : String(value);
  }
  if (typeof value === 'object') {
    return JSON.stringify(value);
  }
  const text = String(value);
  if (part === 'roles' || part === 'granted' || part === 'revoked') {
    const [role = '', place] = text.split('@');
    return place === undefined ? frame.role(role) : texts.roleAt(frame.role(role), accountName(place));
  }
  const words = texts.values[part] ?? {};
  return words[text] ?? text;
}

function cut(text: string): string {
  const letters = [...text];
  return letters.length > LONGEST ? `${letters.slice(0, LONGEST).join('')}……` : text;
}
