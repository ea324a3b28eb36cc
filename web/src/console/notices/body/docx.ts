// A document of Word as HTML, as if it had been pasted: its pictures stand in it whole, and are brought like others.

import { texts } from './texts';

export class WordError extends Error {}

const MOST_BYTES = 20 * 1024 * 1024;

/** Names of styles as Word and WPS write them, in both languages. */
const STYLES = [
  "p[style-name='Title'] => h1.MsoTitle:fresh",
  "p[style-name='标题'] => h1.MsoTitle:fresh",
  ...[1, 2, 3, 4].flatMap((level) => [
    `p[style-name='heading ${level}'] => h${level}:fresh`,
    `p[style-name='Heading ${level}'] => h${level}:fresh`,
    `p[style-name='标题 ${level}'] => h${level}:fresh`,
  ]),
  ...['Quote', 'Intense Quote', '引用', '明显引用'].map((name) => `p[style-name='${name}'] => blockquote > p:fresh`),
  ...['caption', 'Caption', '题注'].map((name) => `p[style-name='${name}'] => p.MsoCaption:fresh`),
  'u => u',
];

export interface Imported {
  html: string;
  /** Whether something was left out that a person should look after. */
  isWhole: boolean;
}

export async function readWord(file: File): Promise<Imported> {
  if (/\.doc$/i.test(file.name)) {
    throw new WordError(texts.wordOld);
  }
  if (!/\.docx$/i.test(file.name)) {
    throw new WordError(texts.wordKind);
  }
  if (file.size > MOST_BYTES) {
    throw new WordError(texts.wordLarge);
  }
  const mammoth = (await import('mammoth')).default;
  const convertImage = mammoth.images.imgElement(async (image) => ({ src: `data:${image.contentType};base64,${await image.readAsBase64String()}` }));
  try {
    const result = await mammoth.convertToHtml({ arrayBuffer: await file.arrayBuffer() }, { styleMap: STYLES, convertImage, includeEmbeddedStyleMap: false });
    const isKnown = (message: string) => /^Unrecognised (paragraph|run|table) style/.test(message);
    return { html: result.value, isWhole: result.messages.every(({ message }) => isKnown(message)) };
  } catch {
    throw new WordError(texts.wordBroken);
  }
}
