// Moments as the office means them: Shanghai's, which has kept UTC+8 without summer time since 1991.

const OFFSET_MS = 8 * 3_600_000;

/** «2026-12-05 09:00» */
export function momentText(millis: number | null | undefined): string {
  return millis === null || millis === undefined ? '' : local(millis).replace('T', ' ');
}

/** What a date and time field holds. */
export function local(millis: number): string {
  return new Date(millis + OFFSET_MS).toISOString().slice(0, 16);
}

/** The moment of a date and time field. */
export function fromLocal(text: string): number | undefined {
  // Chromium takes what is left of an emptied field for a moment of the year 2000.
  const millis = text === '' ? NaN : Date.parse(`${text}:00Z`);
  return Number.isNaN(millis) ? undefined : millis - OFFSET_MS;
}
