// How much each field of a notice holds, in characters as people count them, and where its pictures and files are.

import type { Content } from './notice';

export const LIMITS = {
  title: 64,
  digest: 120,
  author: 32,
  source: 32,
  document_number: 64,
  audience_note: 100,
  sections: 10,
  attachments: 20,
  attachment: 120,
  keywords: 50,
  keyword: 32,
} as const;

/** What is longer is cut in some places of WeChat. */
export const TITLE_IN_WECHAT = 32;
export const AUTHOR_IN_WECHAT = 16;

/** Characters, also those that a computer keeps as two. */
export function charactersOf(text: string): number {
  return [...text].length;
}

/** The name of a file in the media library as contents keep it, from its address. Nothing for what lies elsewhere. */
export function mediumOf(address: string): string | undefined {
  return /^\/h\/[^/]+\/media\/([0-9a-f]{32,64}\.[0-9a-z]{1,8})$/.exec(address)?.[1];
}

/** The address of the small form of a picture of the media library. */
export function thumbOf(account: string, medium: string): string {
  const [hash, ending] = medium.split('.');
  return `/h/${account}/media/${hash}-thumb.${ending === 'jpg' ? 'jpg' : 'png'}`;
}

/** The picture of the card: the cover, or the one that came with content files. */
export function pictureOf(account: string, { cover, picture }: Pick<Content, 'cover' | 'picture'>): string | undefined {
  if (cover) {
    return thumbOf(account, cover);
  }
  return picture ? `/h/${account}/pictures/${picture}` : undefined;
}
