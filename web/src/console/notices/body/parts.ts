// What the text of a notice is made of while it is edited: blocks, and in them words, pictures and links. The names of
// types and of most fields are those of the editor's library, which shows them.

export interface Marks {
  bold?: boolean;
  italic?: boolean;
  underline?: boolean;
  through?: boolean;
  sub?: boolean;
  sup?: boolean;
  code?: boolean;
  small?: boolean;
  color?: string;
  bgColor?: string;
  fontSize?: string;
  /** The rest of its style, as it was found. */
  look?: string;
}

export interface Words extends Marks {
  text: string;
}

export interface Part {
  type: string;
  children: (Part | Words)[];
  textAlign?: string;
  /** Of the first line. */
  indent?: string;
  lineHeight?: string;
  look?: string;

  // Entries of lists: they stand one after the other, and how deep they are makes the lists.
  ordered?: boolean;
  level?: number;
  start?: string;
  kind?: string;

  // Pictures. In a figure the children are the caption.
  src?: string;
  alt?: string;
  title?: string;
  href?: string;
  /** How wide it is shown, in a style. */
  size?: string;
  width?: string;
  height?: string;
  /** The picture is on its way: under this name it is asked after. */
  waiting?: string;

  // Links
  url?: string;

  // Tables, of rows, of cells
  caption?: string;
  columnWidths?: number[];
  isHeader?: boolean;
  colSpan?: number;
  rowSpan?: number;
  /** Covered by a cell that was merged. */
  hidden?: boolean;

  /** What cannot be edited here and stays as it is. */
  html?: string;
}

export type Child = Part | Words;

export const isWords = (child: Child): child is Words => 'text' in child;

export const emptyLine = (): Part => ({ type: 'paragraph', children: [{ text: '' }] });

/** Stands where a picture is that could not be brought along; the server knows it and lets nobody publish it. */
export function missingPicture(alt: string): Words {
  const name = alt.replace(/[【】]/g, '').slice(0, 40);
  return { text: name === '' ? '【缺图】' : `【缺图：${name}】`, bgColor: '#fff1b8', color: '#ad2102' };
}

/** Blocks whose children are words, so that one may become the other. */
export const isTextual = ({ type }: Part) => type === 'paragraph' || type === 'list-item' || type === 'blockquote' || /^header\d$/.test(type);

export const textOf = (child: Child): string => (isWords(child) ? child.text : child.children.map(textOf).join(''));

export const isEmptyLine = (part: Part) => part.type === 'paragraph' && part.children.every((child) => isWords(child) && child.text === '');
