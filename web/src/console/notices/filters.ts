// Which notices the list shows. The address keeps it, so that a link leads to it and «back» comes back to it.

import type { LocationQuery } from 'vue-router';
import { STATES, type State } from './texts';

/** What a person looks through: a state, or one of the piles that go across the states. */
export type Pile = State | '' | 'live' | 'missed' | 'trash';

export interface NoticeFilter {
  pile: Pile;
  section: string;
  mine: boolean;
  text: string;
}

const isPile = (value: string): value is Pile => Object.hasOwn(STATES, value) || ['', 'live', 'missed', 'trash'].includes(value);

export function filterFrom(query: LocationQuery): NoticeFilter {
  const one = (name: string) => (typeof query[name] === 'string' ? query[name] : '');
  const pile = one('state');
  return { pile: isPile(pile) ? pile : '', section: one('section'), mine: one('mine') === '1', text: one('text') };
}

export function queryOf({ pile, section, mine, text }: NoticeFilter): Record<string, string> {
  const all = { state: pile, section, mine: mine ? '1' : '', text: text.trim() };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
}

/** What the API is asked for. */
export function asked({ pile, section, mine, text }: NoticeFilter, person: number | undefined) {
  return {
    state: Object.hasOwn(STATES, pile) ? (pile as State) : undefined,
    live: pile === 'live' || undefined,
    missed: pile === 'missed' || undefined,
    trash: pile === 'trash' || undefined,
    section: section || undefined,
    person: mine ? person : undefined,
    text: text.trim() || undefined,
  };
}
