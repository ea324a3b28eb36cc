// What is pasted or imported, with only what a notice needs: its structure, bold, links, and colors within reason. The server
// sanitizes what is saved all the same.

import { ground, restrained } from './colors';
import { type Style, lookOf, marksOfStyle, styleOf } from './styles';
import { entryOf, isListStyle } from './word';

export interface Options {
  /** Styles stay as they are: for what has been in a notice already. */
  keepsLooks?: boolean;
}

const DROPPED = new Set(
  `applet audio base button canvas datalist dialog embed frame frameset head iframe input link map math meta mp-common-profile mpvideo
   noscript object option param script select source style svg template textarea title track video xml`.split(/\s+/),
);
const SAME = new Set('blockquote br caption code figcaption figure hr li ol pre table tbody td tfoot th thead tr ul sub sup'.split(' '));
const DEFINITIONS = new Set(['dd', 'dl', 'dt']);
const CONTAINERS = new Set('address article aside body center details div fieldset footer form header main nav section summary'.split(' '));
const INLINE: Record<string, string> = { b: 'strong', strong: 'strong', i: 'em', em: 'em', cite: 'em', u: 'u', ins: 'u', s: 's', strike: 's', del: 's' };
const HIDING = /^(position|z-index|transform|opacity|display|visibility|float|top|left|right|bottom|clip|clip-path|filter|cursor)$/;

/** Where a picture that is to be brought comes from. */
export const SOURCE = 'data-source';

/** On the root of what was pasted: it may lose something, where what was in a notice already may not. */
export const PASTED = 'data-pasted';

export function cleaned(source: Element, options: Options = {}): Document {
  const clean = document.implementation.createHTMLDocument('');
  clean.documentElement.toggleAttribute(PASTED, options.keepsLooks !== true);
  new Cleaning(clean, source, options).copyAll(source, clean.body);
  joinCaptions(clean.body);
  return clean;
}

class Cleaning {
  /** The notice's title is its first heading, so that those in its text begin with the second. */
  private readonly shift: number;

  constructor(
    private readonly clean: Document,
    source: Element,
    private readonly options: Options,
  ) {
    this.shift = options.keepsLooks !== true && source.querySelector('h1') !== null ? 1 : 0;
  }

  copyAll(from: Node, into: Element) {
    for (const node of from.childNodes) {
      if (node.nodeType === 3) {
        into.append(node.textContent ?? '');
      } else if (node.nodeType === 1) {
        this.copy(node as Element, into);
      }
    }
  }

  private copy(element: Element, into: Element) {
    const name = element.localName;
    const style = styleOf(element);
    const isHidden = style.get('display') === 'none' || style.get('mso-hide') === 'all' || style.get('mso-list')?.toLowerCase() === 'ignore';
    // An empty line of Word holds a space that does not break.
    const isFiller = name === 'o:p' && element.textContent?.trim() === '';
    if (DROPPED.has(name) || isHidden || isFiller) {
      return;
    }
    if (name === 'img' || name === 'v:imagedata') {
      this.copyPicture(element, into);
    } else if (name === 'p' || /^h[1-6]$/.test(name)) {
      this.copyParagraph(element, style, into);
    } else if (name === 'a') {
      this.copyLink(element, style, into);
    } else if (CONTAINERS.has(name) || (DEFINITIONS.has(name) && this.options.keepsLooks !== true)) {
      this.copyAll(element, this.made('div', into, this.looks(style, element)));
    } else if (name === 'table' && this.options.keepsLooks !== true && isBox(element)) {
      this.copyAll(element.querySelector('td, th') as Element, this.made('div', into));
    } else if (SAME.has(name) || DEFINITIONS.has(name)) {
      this.copySame(element, style, into);
    } else {
      this.copyInline(element, style, into);
    }
  }

  private made(name: string, into: Element, style?: string): Element {
    const element = this.clean.createElement(name);
    if (style) {
      element.setAttribute('style', style);
    }
    into.append(element);
    return element;
  }

  /** Of a block's style: whether it stands in the middle, and whether its first line is set in. */
  private looks(style: Style, element: Element): string | undefined {
    if (this.options.keepsLooks === true) {
      return this.kept(style);
    }
    const kept: Style = new Map();
    const align = style.get('text-align') ?? element.getAttribute('align') ?? (element.localName === 'center' ? 'center' : '');
    if (/^(center|right)$/.test(align)) {
      kept.set('text-align', align);
    }
    if (Number.parseFloat(style.get('text-indent') ?? '') > 0 && Number.parseFloat(style.get('text-indent') ?? '') < 100) {
      kept.set('text-indent', '2em');
    }
    return lookOf(kept);
  }

  private kept(style: Style): string | undefined {
    return lookOf(new Map([...style].filter(([name, value]) => !HIDING.test(name) && !/[\\"'<>@]|url|expression/i.test(value))));
  }

  private copyParagraph(element: Element, style: Style, into: Element) {
    const kind = element.getAttribute('class') ?? '';
    const outline = /^[1-6]$/.exec(style.get('mso-outline-level') ?? '')?.[0];
    const level = Number(/^h([1-6])$/.exec(element.localName)?.[1] ?? outline ?? (/MsoTitle/.test(kind) ? 2 - this.shift : 0));
    if (level > 0) {
      const most = this.options.keepsLooks === true ? 6 : 4;
      this.copyAll(element, this.made(`h${Math.min(Math.max(level + this.shift, this.options.keepsLooks === true ? 1 : 2), most)}`, into, this.looks(style, element)));
      return;
    }
    const target = this.made('p', /MsoQuote|MsoIntenseQuote/.test(kind) ? this.made('blockquote', into) : into, this.looks(style, element));
    if (/MsoCaption/.test(kind)) {
      target.setAttribute('data-caption', '');
    }
    const list = style.get('mso-list');
    if (isListStyle(list)) {
      const marks = [...element.querySelectorAll('[style]')].filter((inner) => styleOf(inner).get('mso-list')?.toLowerCase() === 'ignore');
      const mark = marks[0]?.textContent ?? '';
      const entry = entryOf(list ?? '', mark);
      if (entry === undefined) {
        target.append(mark.replace(/[\s\u00a0]+/g, ''));
      } else {
        target.removeAttribute('style');
        target.setAttribute('data-level', String(entry.level));
        if (entry.ordered) {
          target.setAttribute('data-ordered', '');
          target.setAttribute('data-number', String(entry.start ?? 1));
        }
      }
    }
    this.copyAll(element, target);
  }

  private copyLink(element: Element, style: Style, into: Element) {
    const address = linkOf(element.getAttribute('href') ?? '');
    if (address === undefined) {
      this.copyInline(element, style, into);
      return;
    }
    const link = this.made('a', into);
    link.setAttribute('href', address);
    this.copyAll(element, link);
  }

  private copySame(element: Element, style: Style, into: Element) {
    const name = element.localName;
    const copy = this.made(name, into, this.options.keepsLooks === true ? this.kept(style) : undefined);
    const numbers = name === 'ol' ? ['start', 'type'] : /^t[dh]$/.test(name) ? ['colspan', 'rowspan', 'width'] : [];
    for (const attribute of numbers) {
      const value = element.getAttribute(attribute) ?? '';
      if (/^[\w.%]+$/.test(value) && value !== '1') {
        copy.setAttribute(attribute, value);
      }
    }
    if (/^t[dh]$/.test(name) && this.options.keepsLooks !== true) {
      const color = ground(style.get('background-color') ?? style.get('background') ?? element.getAttribute('bgcolor') ?? '');
      const look = [this.looks(style, element), color && `background-color: ${color}`].filter(Boolean).join('; ');
      if (look !== '') {
        copy.setAttribute('style', look);
      }
      this.copyAll(element, copy);
      flatten(copy);
      return;
    }
    this.copyAll(element, copy);
  }

  private copyInline(element: Element, style: Style, into: Element) {
    if (this.options.keepsLooks === true) {
      this.copyAll(element, this.made(INLINE[element.localName] ?? 'span', into, this.kept(style)));
      return;
    }
    const isInHeading = /^h[1-6]$/.test(into.localName) || into.closest('h1, h2, h3, h4, h5, h6') !== null;
    const raised = /^(sub|super)$/.exec(style.get('vertical-align') ?? '')?.[0];
    const marks = marksOfStyle(style);
    const color = restrained(marks.color ?? element.getAttribute('color') ?? '');
    const tag = INLINE[element.localName];
    let target = into;
    const wrap = (name: string, look?: string) => {
      target = this.made(name, target, look);
    };
    if (color !== undefined && !isInHeading) {
      wrap('span', `color: ${color}`);
    }
    if ((marks.bold ?? tag === 'strong') && !isInHeading) {
      wrap('strong');
    }
    if (marks.italic ?? tag === 'em') {
      wrap('em');
    }
    if (tag === 'u' || (marks.underline === true && into.closest('a') === null)) {
      wrap('u');
    }
    if (tag === 's' || marks.through === true) {
      wrap('s');
    }
    if (raised !== undefined) {
      wrap(raised === 'sub' ? 'sub' : 'sup');
    }
    this.copyAll(element, target);
  }

  private copyPicture(element: Element, into: Element) {
    const [width, height] = ['width', 'height'].map((name) => Number.parseFloat(element.getAttribute(name) ?? '') || Infinity) as [number, number];
    if (width <= 2 || height <= 2) {
      return;
    }
    const sources = ['data-src', 'data-original', 'src'].map((name) => element.getAttribute(name)?.trim() ?? '');
    const address = sources.find((source) => source !== '') ?? '';
    const alt = (element.getAttribute('alt') ?? '').trim();
    const image = this.made('img', into);
    image.setAttribute('alt', /^(图片|图像|image|img|photo|alt|描述已自动生成)?$|^(IMG|DSC|微信图片)[_\d]|\.(jpe?g|png|gif|webp)$/i.test(alt) ? '' : alt);
    const own = ownPicture(address);
    if (own !== undefined) {
      image.setAttribute('src', own);
    } else {
      image.setAttribute(SOURCE, address.startsWith('//') ? `https:${address}` : address);
    }
  }
}

/** A picture of ours, wherever it was copied from. */
export function ownPicture(address: string): string | undefined {
  const path = address.startsWith(`${location.origin}/`) ? address.slice(location.origin.length) : address;
  return /^(\/h\/[\w-]+\/(media|pictures)|\.\.\/pictures)\/[\w-]+\.\w+$/.test(path) ? path : undefined;
}

/** The address of a link that leads somewhere. */
export function linkOf(address: string): string | undefined {
  const trimmed = address.trim();
  const path = trimmed.startsWith(`${location.origin}/h/`) ? trimmed.slice(location.origin.length) : trimmed;
  // Browsers pass over control characters in an address.
  return /^(https?:\/\/[^/\s]|tel:|mailto:|\/h\/)/i.test(path) && !/[\u0000-\u001f\u007f]/.test(path) ? path : undefined;
}

/** A table of one cell is a box around a text. */
const isBox = (table: Element) => table.querySelectorAll('td, th').length === 1;

/** In a cell stand lines: an entry of a list is a line with a mark, and a table in it the lines of its rows. */
function flatten(cell: Element) {
  for (const item of cell.querySelectorAll('li')) {
    const list = item.parentElement;
    const at = list === null ? 0 : [...list.children].indexOf(item);
    item.prepend(list?.localName === 'ol' ? `${at + 1}. ` : '· ');
  }
  for (const entry of cell.querySelectorAll('[data-level]')) {
    entry.prepend(entry.hasAttribute('data-ordered') ? `${entry.getAttribute('data-number')}. ` : '· ');
    entry.removeAttribute('data-level');
  }
  for (const inner of cell.querySelectorAll('td, th')) {
    inner.append('　');
  }
  for (const block of [...cell.querySelectorAll('li, ul, ol, table, tbody, thead, tfoot, tr, td, th, caption, h1, h2, h3, h4, h5, h6, blockquote, figure, figcaption, pre, hr, dl, dt, dd')]) {
    const line = cell.ownerDocument.createElement(/^t[dh]$/.test(block.localName) ? 'span' : 'div');
    line.append(...block.childNodes);
    block.replaceWith(line);
  }
}

/** A caption of Word below a picture is the picture's. */
function joinCaptions(body: Element) {
  for (const caption of body.querySelectorAll('[data-caption]')) {
    const before = caption.previousElementSibling;
    if (before !== null && before.querySelectorAll('img').length === 1 && before.textContent?.trim() === '') {
      const figure = body.ownerDocument.createElement('figure');
      const text = body.ownerDocument.createElement('figcaption');
      text.append(...caption.childNodes);
      before.replaceWith(figure);
      figure.append(before.querySelector('img') as Element, text);
      caption.remove();
    } else {
      caption.removeAttribute('data-caption');
    }
  }
  // A list goes on where the next number follows, whatever stands between.
  let expected = new Map<string, number>();
  for (const entry of body.querySelectorAll('p, h2, h3, h4, table, [data-level]')) {
    const level = entry.getAttribute('data-level');
    if (level === null) {
      expected = new Map();
      continue;
    }
    const number = Number(entry.getAttribute('data-number') ?? 0);
    if (number > 0 && expected.get(level) !== number && number !== 1) {
      entry.setAttribute('data-start', String(number));
    }
    if (number > 0) {
      expected.set(level, number + 1);
    }
  }
}
