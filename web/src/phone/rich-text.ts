// Reads the few marks that WeChat understands in an account's text. The result is a list of values, never HTML, so
// that a hostile text can show strange characters and nothing worse.

export type Segment =
  | { kind: 'text'; text: string }
  | { kind: 'link'; text: string; url: string }
  | { kind: 'phone'; text: string; url: string }
  | { kind: 'menu'; text: string; content: string; id: string };

const ANCHOR = /<a\s([^<>]{1,4096})>([^<]*)<\/a>/gi;
const HREF = /(?:^|\s)href\s*=\s*(?:"([^"]*)"|'([^']*)')/i;
const MENU_PREFIX = 'weixin://bizmsgmenu?';
// A bare address ends at white space, at marks and at Chinese punctuation; a number stands alone.
const BARE =
  /(https?:\/\/[^\s<>"'，。；：！？、（）《》「」『』【】]+)|(?<![\d-])(1[3-9]\d{9}|0\d{2,3}-\d{7,8}|400-\d{3}-\d{4})(?![\d-])/g;

/** Splits a text into plain words, links, telephone numbers and taps that send a message. */
export function parseRichText(text: string): Segment[] {
  const segments: Segment[] = [];
  let done = 0;
  for (const match of text.matchAll(ANCHOR)) {
    pushBare(segments, text.slice(done, match.index));
    segments.push(anchor(match[1] ?? '', match[2] ?? ''));
    done = match.index + match[0].length;
  }
  pushBare(segments, text.slice(done));
  return segments;
}

/** The address when it is one that a phone may open in its browser, else null. */
export function safeUrl(url: string | null | undefined): string | null {
  if (!url) {
    return null;
  }
  try {
    const parsed = new URL(url.trim());
    return parsed.protocol === 'http:' || parsed.protocol === 'https:' ? parsed.href : null;
  } catch {
    return null;
  }
}

export type Destination = { kind: 'frame'; url: string } | { kind: 'elsewhere'; url: string };

/**
 * Where a page can be shown: inside the phone when it comes from this very server, else only in a window of its own.
 * `127.0.0.1`, `localhost` and `[::1]` with the same port are the same server under another name.
 */
export function destination(url: string, origin: string): Destination | null {
  const safe = safeUrl(url);
  if (safe === null) {
    return null;
  }
  const target = new URL(safe);
  const own = new URL(origin);
  if (target.origin === own.origin) {
    return { kind: 'frame', url: target.href };
  }
  if (target.protocol === own.protocol && target.port === own.port && isLoopback(target) && isLoopback(own)) {
    target.hostname = own.hostname;
    return { kind: 'frame', url: target.href };
  }
  return { kind: 'elsewhere', url: target.href };
}

function anchor(attributes: string, label: string): Segment {
  const found = HREF.exec(attributes);
  const href = unescapeAttribute(found?.[1] ?? found?.[2] ?? '').trim();
  if (href.toLowerCase().startsWith(MENU_PREFIX)) {
    const query = readQuery(href.slice(MENU_PREFIX.length));
    const content = query.get('msgmenucontent') ?? '';
    if (content !== '') {
      return { kind: 'menu', text: label, content, id: query.get('msgmenuid') ?? '' };
    }
    return { kind: 'text', text: label };
  }
  const url = safeUrl(href);
  return url === null || label === '' ? { kind: 'text', text: label } : { kind: 'link', text: label, url };
}

function pushBare(segments: Segment[], text: string): void {
  let done = 0;
  for (const match of text.matchAll(BARE)) {
    const [found, address, number] = match;
    const url = address === undefined ? `tel:${number}` : safeUrl(address);
    if (url === null) {
      continue;
    }
    pushText(segments, text.slice(done, match.index));
    segments.push({ kind: address === undefined ? 'phone' : 'link', text: found, url });
    done = match.index + found.length;
  }
  pushText(segments, text.slice(done));
}

function pushText(segments: Segment[], text: string): void {
  if (text !== '') {
    segments.push({ kind: 'text', text });
  }
}

// Not URLSearchParams: there a `+` means a blank, and in these addresses it means itself.
function readQuery(query: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const pair of query.split('&')) {
    const at = pair.indexOf('=');
    if (at > 0) {
      values.set(pair.slice(0, at).toLowerCase(), percentDecode(pair.slice(at + 1)));
    }
  }
  return values;
}

function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function unescapeAttribute(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}

function isLoopback(url: URL): boolean {
  return url.hostname === 'localhost' || url.hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(url.hostname);
}
