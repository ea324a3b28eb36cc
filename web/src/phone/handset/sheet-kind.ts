/** What can be chosen from below before it is sent. */
export type SheetKind = 'place' | 'link' | 'scene';
