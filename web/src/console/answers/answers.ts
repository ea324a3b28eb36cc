// Answers and their hours as they are edited. No page and no request.

import type { Schemas } from '../api/client';

export type Answer = Schemas['AnswerBody'];
export type Kind = Answer['kind'];
export type Window = Schemas['AnswerWindow'];
export type Rule = Schemas['RuleView'];
export type RuleInput = Schemas['RuleInput'];

export const KINDS: Kind[] = ['text', 'section', 'article', 'cards', 'image', 'voice', 'video', 'agent'];
export const DAYS = [1, 2, 3, 4, 5, 6, 7];
export const MAX_ANSWERS = 10;
export const MAX_WINDOWS = 10;
export const MAX_CARDS = 8;

export function blankAnswer(kind: Kind): Answer {
  switch (kind) {
    case 'text':
      return { kind, text: '' };
    case 'section':
      return { kind, section: '' };
    case 'article':
      return { kind, article: '' };
    case 'cards':
      return { kind, cards: [{ title: '', description: '', picture: '', url: '' }] };
    case 'image':
    case 'voice':
      return { kind, media_id: '' };
    case 'video':
      return { kind, media_id: '', title: '', description: '' };
    case 'agent':
      return { kind };
  }
}

export function blankRule(): RuleInput {
  return { note: '', keywords: [''], match: 'contains', priority: 0, enabled: true, windows: [], answers: [blankAnswer('text')], choice: 'turns', version: 0 };
}

export function inputOf(rule: Rule): RuleInput {
  const { note, match, priority, enabled, windows, answers, choice, version, keywords } = rule;
  return { note, match, priority, enabled, windows, answers, choice, version, keywords: [keywords.join(match === 'pattern' ? '\n' : '，')] };
}

/** The single words in what was typed, as the server takes them apart. */
export function wordsOf(typed: string, match: RuleInput['match']): string[] {
  const words = typed.split(match === 'pattern' ? /\n/ : /[,，、;；\s]+/).map((word) => word.trim());
  return [...new Set(words.filter((word) => word !== ''))];
}

export function toggled(days: readonly number[], day: number): number[] {
  return days.includes(day) ? days.filter((one) => one !== day) : [...days, day].sort((left, right) => left - right);
}

/** Whether a window ends on the day after it began. */
export function isOverMidnight({ from, until }: Window): boolean {
  return until < from;
}

/** `周一至周五 22:00–次日 06:00` */
export function sayWindow(window: Window, words: { days: readonly string[]; to: string; next: string; daily: string }): string {
  const { days } = window;
  const name = (day: number) => words.days[day - 1] ?? '';
  const [first] = days;
  const last = days.at(-1);
  const isRow = days.length > 2 && first !== undefined && last !== undefined && last - first + 1 === days.length;
  const said = days.length === 7 ? words.daily : isRow ? `${name(first)}${words.to}${name(last)}` : days.map(name).join('、');
  return `${said} ${window.from}–${isOverMidnight(window) ? words.next : ''}${window.until}`;
}

/** Whether an address is on this server: others' pictures are not fetched. */
export function isOwnAddress(address: string, origin: string): boolean {
  return address.startsWith(`${origin}/`);
}

/** What WeChat shows on a card. */
export function isCardPicture(contentType: string): boolean {
  return contentType === 'image/jpeg' || contentType === 'image/png';
}
