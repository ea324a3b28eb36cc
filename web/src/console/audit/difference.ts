// What a line of the trail says was changed, part by part.

type Parts = Record<string, unknown> | null | undefined;

export interface Difference {
  part: string;
  before: string;
  after: string;
}

export function differences(before: Parts, after: Parts): Difference[] {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  return [...names]
    .map((part) => ({ part, before: told(before?.[part]), after: told(after?.[part]) }))
    .filter((found) => found.before !== found.after);
}

function told(value: unknown): string {
  if (value === undefined || value === null) {
    return '';
  }
  if (Array.isArray(value)) {
    return value.map(told).join('、');
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
