// The text of a body, and whether it still says what was quoted from it.

const BREAKS = 'address,article,blockquote,br,dd,div,dl,dt,figcaption,figure,h1,h2,h3,h4,h5,h6,hr,li,ol,p,pre,section,table,td,th,tr,ul';

/** The words of a body, each block on a line of its own. The document that it is read in neither runs nor fetches anything. */
export function plainText(html: string): string {
  const read = new DOMParser().parseFromString(html, 'text/html');
  for (const element of read.querySelectorAll(BREAKS)) {
    element.before('\n');
    element.after('\n');
  }
  return (read.body.textContent ?? '').replace(/\n\s*\n/g, '\n').trim();
}

/** Blanks and line breaks do not count: the editor and the server set them in different ways. */
export function says(text: string, quote: string): boolean {
  return bare(text).includes(bare(quote));
}

const bare = (text: string) => text.replace(/\s+/g, '');
