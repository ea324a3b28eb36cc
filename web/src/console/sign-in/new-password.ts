// What a form can tell about a new password by itself. The server has the last word.

import { texts } from '../texts';

const SHORTEST = 10;

export interface PasswordEntry {
  current: string;
  next: string;
  repeat: string;
}

export function passwordFaults({ current, next, repeat }: PasswordEntry): Partial<Record<keyof PasswordEntry, string>> {
  const words = texts.newPassword;
  return {
    ...(current === '' ? { current: words.missing } : {}),
    ...([...next].length < SHORTEST ? { next: words.tooShort } : next !== repeat ? { repeat: words.different } : {}),
  };
}
