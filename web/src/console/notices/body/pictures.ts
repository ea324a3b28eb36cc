// Pictures on their way into the library, and from there into the text. Where one is to stand, a part of the text waits for it
// under a name; nothing of it is told outside before it is there.

import { type IDomEditor, SlateEditor, SlateTransforms } from '@wangeditor-next/editor';
import { type Ref, computed, onScopeDispose, ref } from 'vue';
import { type Schemas, ApiError, api, call } from '../../api/client';
import { sendFile } from '../../media/uploads';
import { texts as frame } from '../../texts';
import { SOURCE } from './cleaning';
import { type Part, emptyLine, isWords, missingPicture } from './parts';

type MediaItem = Schemas['MediaItem'];
type Source = { file: Blob; name: string } | { address: string };
type Result = { item: MediaItem } | { failed: true };

export const PICTURES = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'];

/** Wider than this nothing is shown, so that a small picture is not blown up. */
const SMALL = 480;

export function usePictures(account: string, editor: () => IDomEditor | undefined, onDone: (missing: number, reason: string) => void) {
  const waiting: { name: string; source: Source }[] = [];
  const results = new Map<string, Result>();
  const all = ref(0);
  const done = ref(0);
  let missing = 0;
  let reason = '';
  let counter = 0;
  let isRunning = false;
  const stop = new AbortController();

  /** A name under which a part may wait. */
  function ask(source: Source | undefined): string {
    counter += 1;
    const name = `picture-${counter}`;
    if (source === undefined) {
      results.set(name, { failed: true });
      missing += 1;
    } else {
      all.value += 1;
      waiting.push({ name, source });
    }
    return name;
  }

  /** Asks for the pictures of what is pasted: those of files in order, others by their address. */
  function askFor(body: Element, files: (Blob | undefined)[]) {
    const left = [...files];
    for (const image of body.querySelectorAll(`img[${SOURCE}]`)) {
      const address = image.getAttribute(SOURCE) ?? '';
      image.removeAttribute(SOURCE);
      image.setAttribute('data-waiting', ask(sourceOf(address, left)));
    }
  }

  function figures(files: Iterable<File>): Part[] {
    return [...files].map((file) => ({ ...emptyLine(), type: 'figure', alt: '', waiting: ask({ file, name: file.name }) }));
  }

  async function run() {
    settle();
    if (isRunning) {
      return;
    }
    isRunning = true;
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      try {
        results.set(next.name, { item: await bring(next.source) });
      } catch (error) {
        if (stop.signal.aborted) {
          return;
        }
        missing += 1;
        reason = error instanceof ApiError ? (Object.values(error.fields)[0] ?? error.message) : frame.errors.unreachable;
        results.set(next.name, { failed: true });
      }
      done.value += 1;
      settle();
    }
    isRunning = false;
    all.value = done.value = 0;
    if (missing > 0) {
      onDone(missing, reason);
    }
    missing = 0;
    reason = '';
  }

  async function bring(source: Source): Promise<MediaItem> {
    if ('address' in source) {
      if (!/^(data|blob):/i.test(source.address)) {
        return (await call(api.POST('/api/v1/accounts/{account}/media/fetch', { params: { path: { account } }, body: { url: source.address } }))).item;
      }
      const file = await blobOf(source.address);
      return (await sendFile(account, file, nameOf(file), { signal: stop.signal })).item;
    }
    const { file, name } = source;
    return (await sendFile(account, file, name === '' || name === 'image.png' ? nameOf(file) : name, { signal: stop.signal })).item;
  }

  /** Puts what has come where it is waited for. What was undone and done again waits anew and finds it. */
  function settle() {
    const here = editor();
    if (here === undefined || results.size === 0) {
      return;
    }
    const found = [...SlateEditor.nodes(here, { at: [], voids: true, match: (node) => results.has((node as unknown as Part).waiting ?? '') })];
    if (found.length === 0) {
      return;
    }
    // That a picture has come is nothing to be undone.
    const { history } = here as unknown as { history: unknown };
    Object.assign(here, { history: { undos: [], redos: [] } });
    SlateEditor.withoutNormalizing(here, () => {
      for (const [node, path] of found.reverse()) {
        place(here, node as unknown as Part, path, results.get((node as unknown as Part).waiting ?? ''));
      }
    });
    Object.assign(here, { history });
  }

  function place(here: IDomEditor, part: Part, path: number[], result: Result | undefined) {
    if (result !== undefined && 'item' in result) {
      const { url, alt, width } = result.item;
      const isSmall = width != null && width < SMALL;
      const picture = { src: url, alt: part.alt || alt, waiting: undefined, size: part.size, width: isSmall ? String(width) : undefined, height: undefined };
      SlateTransforms.setNodes(here, picture as never, { at: path });
      return;
    }
    const mark = missingPicture(part.alt ?? '');
    SlateTransforms.removeNodes(here, { at: path });
    if (part.type === 'figure') {
      const caption = part.children.filter((child) => !isWords(child) || child.text !== '');
      const lines: Part[] = [{ type: 'paragraph', children: [mark] }, ...(caption.length > 0 ? [{ type: 'paragraph', children: caption }] : [])];
      SlateTransforms.insertNodes(here, lines as never, { at: path });
    } else {
      SlateTransforms.insertNodes(here, mark as never, { at: path });
    }
  }

  onScopeDispose(() => {
    waiting.length = 0;
    stop.abort();
  });

  return { askFor, figures, run, settle, all, done, isBusy: computed(() => all.value > 0) as Ref<boolean> };
}

function sourceOf(address: string, files: (Blob | undefined)[]): Source | undefined {
  if (/^(https?|data|blob):/i.test(address)) {
    return { address };
  }
  // A path on somebody's computer: the picture itself may be in the clipboard beside the text.
  const file = files.shift();
  return file && { file, name: nameOf(file) };
}

async function blobOf(address: string): Promise<Blob> {
  if (/^blob:/i.test(address)) {
    return (await fetch(address)).blob();
  }
  const [, kind = '', coded, data = ''] = /^data:([\w/+.-]*)[^,]*?(;base64)?,(.*)$/is.exec(address) ?? [];
  const bytes = coded === undefined ? decodeURIComponent(data) : atob(data.replace(/\s/g, ''));
  return new Blob([Uint8Array.from(bytes, (character) => character.charCodeAt(0))], { type: kind });
}

function nameOf(file: Blob): string {
  const now = new Date();
  const two = (number: number) => String(number).padStart(2, '0');
  const ending = file.type === 'image/jpeg' ? 'jpg' : file.type.replace(/^image\//, '') || 'png';
  return `正文图片 ${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())} ${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}.${ending}`;
}
