// The steps of signing in.

import { texts } from '../texts';

export type Step = 'password' | 'code' | 'recovery';

export function titleOf(step: Step): string {
  return step === 'password' ? texts.signIn.title : texts.signIn.codeTitle;
}
