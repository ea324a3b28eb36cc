// What is done in the reviews of a notice, for exactly what was on the screen when it was begun.

import { type Schemas, api, call } from '../api/client';
import type { deeds } from './texts';

export type Deed = keyof typeof deeds;

/** A step that somebody has begun: what they saw then is what it is done to. */
export interface Begun {
  deed: Deed;
  notice: number;
  version: number;
  hash: string;
  late?: Schemas['LateReview'] | null;
}

/** The field of the API in which the words of a step are told. */
export const FIELD_OF: Record<Deed, string> = {
  submit: '',
  hurry: 'urgent',
  sign: 'opinion',
  sign_late: 'opinion',
  send_back: 'text',
  recall: 'text',
};

/** Steps that say nothing without words. */
export const NEEDS_WORDS: readonly Deed[] = ['hurry', 'send_back'];

/** Steps that nothing which was found may stand in the way of. */
export const NEEDS_CHECKS: readonly Deed[] = ['submit', 'hurry', 'sign'];

export function perform(account: string, begun: Begun, words: string, reasons: Record<string, string>): Promise<Schemas['ReviewView']> {
  const { deed, version, hash, late } = begun;
  const params = { path: { account, id: begun.notice } };
  const said = words || undefined;
  switch (deed) {
    case 'submit':
      return call(api.POST('/api/v1/accounts/{account}/notices/{id}/submit', { params, body: { version, reasons } }));
    case 'hurry':
      return call(api.POST('/api/v1/accounts/{account}/notices/{id}/submit', { params, body: { version, reasons, urgent: words } }));
    case 'sign':
      return call(api.POST('/api/v1/accounts/{account}/notices/{id}/sign', { params, body: { version, hash, reasons, opinion: said } }));
    case 'sign_late': {
      const body = { round: late?.round ?? 0, hash: late?.hash ?? '', opinion: said };
      return call(api.POST('/api/v1/accounts/{account}/notices/{id}/sign-late', { params, body }));
    }
    case 'send_back':
    case 'recall':
      return call(api.POST('/api/v1/accounts/{account}/notices/{id}/send-back', { params, body: { version, text: said } }));
  }
}
