// The way of a notice from its authors to residents, as a row of stages.

import type { Schemas } from '../api/client';
import { STAGES, texts } from './texts';

type Notice = Pick<Schemas['NoticeView'], 'publish_at' | 'published_at'>;
type Review = Pick<Schemas['ReviewView'], 'state' | 'reviews' | 'round' | 'authors' | 'signatures' | 'hurry' | 'late'>;
type StageName = Schemas['ReviewStage'];

/** How far a stage has come; `none` where nothing is known of it, `over` where it was undone. */
export type Mark = keyof typeof texts.marks;

export interface Person {
  name: string;
  at?: number;
  revision?: number;
  opinion?: string | null;
}

export interface Stage {
  key: StageName | 'author' | 'publish';
  name: string;
  mark: Mark;
  /** What the mark is called here. */
  word: string;
  people: Person[];
  hint?: string;
}

const ORDER: StageName[] = ['first', 'second', 'third'];

export function stagesOf(notice: Notice, review: Review): Stage[] {
  return [author(review), ...reviewsOf(review), publishing(notice, review)];
}

function author(review: Review): Stage {
  const people = review.authors.map(({ name, since }) => ({ name, at: since }));
  const [mark, word] = review.state === 'draft' ? (['now', texts.writing] as const) : (['done', texts.marks.done] as const);
  return { key: 'author', name: texts.author, mark, word, people };
}

function reviewsOf(review: Review): Stage[] {
  const { state, signatures, hurry } = review;
  const isUnderWay = state === 'draft' || ORDER.some((stage) => stage === state);
  const needed = ORDER.slice(0, hurry ? 1 : review.reviews);
  const signed = ORDER.filter((stage) => signatures.some((signature) => signature.stage === stage));
  if (!isUnderWay && signed.length === 0) {
    return needed.map((key) => ({ key, name: STAGES[key], mark: 'none', word: texts.marks.none, people: [], hint: texts.noRecord }));
  }
  // What was approved is approved, however many reviews the account asks for by now.
  const shown = isUnderWay ? ORDER.filter((stage) => needed.includes(stage) || signed.includes(stage)) : signed;
  const stages = shown.map((key): Stage => {
    const people = signatures.filter(({ stage }) => stage === key).map(({ name, at, revision, opinion }) => ({ name, at, revision, opinion }));
    const mark = people.length > 0 ? 'done' : state === key ? 'now' : 'next';
    return { key, name: STAGES[key], mark, word: texts.marks[mark], people, hint: hurry && key === 'third' ? texts.lateDone : undefined };
  });
  if (hurry && !shown.includes('third')) {
    const mark = review.late?.round === review.round ? 'owed' : 'next';
    stages.push({ key: 'third', name: STAGES.third, mark, word: texts.marks[mark], people: [], hint: texts.lateStage });
  }
  return stages;
}

function publishing({ publish_at, published_at }: Notice, { state }: Review): Stage {
  const stage = (mark: Mark, word: string, moment?: number | null): Stage => ({
    key: 'publish',
    name: texts.publish,
    mark,
    word,
    people: moment ? [{ name: '', at: moment }] : [],
  });
  switch (state) {
    case 'approved':
      return stage('now', texts.toPublish);
    case 'scheduled':
      return stage('now', texts.planned, publish_at);
    case 'published':
      return stage('done', texts.marks.done, published_at);
    case 'withdrawn':
      return stage('over', texts.withdrawn, published_at);
    case 'expired':
      return stage('over', texts.expired, published_at);
    default:
      return stage('next', texts.marks.next);
  }
}

/** What comes next, and who can do it. */
export function nextOf({ state, reviews, hurry }: Review): string {
  if (state === 'first' || state === 'second' || state === 'third') {
    const isLast = Boolean(hurry) || ORDER.indexOf(state) + 1 >= reviews;
    const who = isLast ? texts.who.last : state === 'first' && reviews === ORDER.length ? texts.who.first : texts.who.middle;
    return texts.next.stage(state, who);
  }
  return texts.next[state];
}
