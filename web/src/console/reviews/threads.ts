// Comments as people read them: each with its answers.

import type { Schemas } from '../api/client';

export type Comment = Schemas['ReviewComment'];

export interface Thread {
  comment: Comment;
  answers: Comment[];
}

export function threadsOf(comments: Comment[]): Thread[] {
  return comments
    .filter(({ answers }) => !answers)
    .map((comment) => ({ comment, answers: comments.filter(({ answers }) => answers === comment.id) }));
}

export const isOpen = ({ comment }: Thread) => !comment.resolved_at;
