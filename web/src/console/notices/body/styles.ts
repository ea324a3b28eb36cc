// What stands in a `style`.

import type { Marks } from './parts';

export type Style = Map<string, string>;

export function styleOf(element: Element): Style {
  const style: Style = new Map();
  for (const declaration of (element.getAttribute('style') ?? '').split(/;(?![^(]*\))/)) {
    const colon = declaration.indexOf(':');
    const value = declaration.slice(colon + 1).replace(/!important\s*$/i, '').trim().replace(/\s+/g, ' ');
    if (colon > 0 && value !== '') {
      style.set(declaration.slice(0, colon).trim().toLowerCase(), value);
    }
  }
  return style;
}

/** Takes a property out. */
export function taken(style: Style, name: string): string | undefined {
  const value = style.get(name);
  style.delete(name);
  return value;
}

/** What is left, as it is written; none when nothing is. */
export const lookOf = (style: Style): string | undefined =>
  style.size === 0 ? undefined : [...style].map(([name, value]) => `${name}: ${value}`).join('; ');

export const joined = (...parts: (string | undefined | false)[]): string => parts.filter(Boolean).join('; ');

const isBold = (weight: string) => /^bold/.test(weight) || Number(weight) >= 600;

/** Takes those properties out of a style that are marks of words. */
export function marksOfStyle(style: Style): Marks {
  const lines = `${taken(style, 'text-decoration') ?? ''} ${taken(style, 'text-decoration-line') ?? ''}`;
  const weight = taken(style, 'font-weight');
  const slant = taken(style, 'font-style');
  return {
    ...(weight !== undefined && { bold: isBold(weight) }),
    ...(slant !== undefined && { italic: /italic|oblique/.test(slant) }),
    ...(lines.includes('underline') && { underline: true }),
    ...(lines.includes('line-through') && { through: true }),
    ...pick('color', taken(style, 'color')),
    ...pick('bgColor', taken(style, 'background-color') ?? taken(style, 'background')),
    ...pick('fontSize', taken(style, 'font-size')),
  };
}

const pick = (name: keyof Marks, value: string | undefined) => (value === undefined ? {} : { [name]: value });
