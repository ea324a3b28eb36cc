// How the editor's library shows what it does not know itself: figures, islands, captions of tables, and styles.

import { Boot, type IDomEditor, SlateEditor, SlateTransforms } from '@wangeditor-next/editor';
import type { Part, Words } from './parts';
import { parsed } from './pieces';
import { cleaned } from './cleaning';
import { texts } from './texts';

/** A tag as the library's drawing takes it. */
interface Shown {
  sel: string;
  data: Record<string, unknown>;
  children?: (Shown | null)[];
  text?: string;
  elm: undefined;
  key: undefined;
}

const shown = (sel: string, data: Record<string, unknown>, inside?: (Shown | null)[] | string): Shown =>
  typeof inside === 'string' ? { sel, data, text: inside, elm: undefined, key: undefined } : { sel, data, children: inside, elm: undefined, key: undefined };

const fixed = { props: { contentEditable: false } };

function showPicture(part: Part): Shown {
  if (part.waiting !== undefined) {
    return shown('span', { props: { className: 'body-waiting' } }, texts.waiting);
  }
  const image = shown('img', { attrs: { src: part.src ?? '', alt: part.alt ?? '', draggable: 'false' }, style: styled(part.size) });
  return part.alt?.trim() ? image : shown('span', { props: { className: 'body-no-alt' }, dataset: { hint: texts.noAlt } }, [image]);
}

function showFigure(part: Part, children: Shown[], editor: IDomEditor): Shown {
  const select = () => {
    const path = pathOf(editor, part);
    if (path !== undefined && !editor.isDisabled()) {
      editor.select(SlateEditor.start(editor, path));
    }
  };
  const isEmpty = part.children.every((child) => 'text' in child && child.text === '');
  const caption = shown('figcaption', { dataset: isEmpty ? { hint: texts.captionHint } : {} }, children);
  return shown('figure', { props: { className: 'body-figure' } }, [shown('div', { ...fixed, on: { click: select } }, [showPicture(part)]), caption]);
}

/** The way to a part; none when it is no longer there. */
export function pathOf(editor: IDomEditor, part: Part): number[] | undefined {
  const [entry] = SlateEditor.nodes(editor, { at: [], match: (node) => (node as unknown) === part, voids: true });
  return entry?.[1];
}

function showIsland(part: Part): Shown {
  // What was given went through the server, and what was pasted in did not.
  const html = cleaned(parsed(part.html ?? ''), { keepsLooks: true }).body.innerHTML;
  return shown('div', { props: { className: 'body-island', contentEditable: false, title: texts.island } }, [
    shown('p', { props: { className: 'body-island-note' } }, texts.island),
    shown('div', { props: { innerHTML: html } }),
  ]);
}

/** A style as the library's drawing takes it. */
function styled(look = ''): Record<string, string> {
  const declarations = look.split(';').map((declaration) => declaration.split(':').map((word) => word.trim()));
  const camel = (name: string) => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(declarations.flatMap(([name, value]) => (name && value ? [[camel(name), value]] : [])));
}

/** The styles of blocks and words that have no field of their own. */
function dress(node: unknown, vnode: Shown, editor: IDomEditor): Shown {
  const part = node as Partial<Part> & Partial<Words>;
  const style = { ...styled(part.look), ...(part.small === true && { fontSize: 'smaller' }) };
  if (Object.keys(style).length > 0) {
    vnode.data = { ...vnode.data, style: { ...(vnode.data.style as object), ...style } };
  }
  if (part.type === 'table' && part.caption) {
    const table = findTable(vnode);
    table?.children?.unshift(shown('caption', fixed, part.caption));
  }
  if (part.type === 'list-item' && part.ordered === true && vnode.children?.[0]) {
    vnode.children[0] = shown('span', { ...vnode.children[0].data }, `${numberOf(editor, node as Part)}.`);
  }
  if (part.type === 'table-cell' && part.isHeader === true && vnode.sel === 'td') {
    vnode.sel = 'th';
  }
  return vnode;
}

/** The number of an entry, counted from where its list begins. */
function numberOf(editor: IDomEditor, part: Part): number {
  const parts = editor.children as unknown as Part[];
  const level = part.level ?? 0;
  let count = 0;
  for (let index = parts.indexOf(part); index >= 0; index -= 1) {
    const other = parts[index] as Part;
    if (other.type !== 'list-item' || (other.level ?? 0) < level || ((other.level ?? 0) === level && other.ordered !== true)) {
      break;
    }
    if ((other.level ?? 0) === level) {
      count += 1;
      if (other.start !== undefined) {
        return Number(other.start) + count - 1;
      }
    }
  }
  return count;
}

const findTable = (vnode: Shown): Shown | undefined =>
  vnode.sel === 'table' ? vnode : vnode.children?.map((child) => child && findTable(child)).find((found) => found != null) ?? undefined;

/** Keys at the edges of figures and islands, which must not melt into the lines around them. */
function guard(editor: IDomEditor): IDomEditor {
  const { insertBreak, deleteBackward, deleteForward, normalizeNode, isVoid, isInline } = editor;
  const at = (index: number | undefined) => (index === undefined ? undefined : (editor.children[index] as unknown as Part | undefined));
  const isSolid = (part: Part | undefined) => part?.type === 'figure' || part?.type === 'island';
  const here = () => editor.selection?.anchor.path[0];
  const isCaret = () => editor.selection != null && JSON.stringify(editor.selection.anchor) === JSON.stringify(editor.selection.focus);
  const isEmpty = (index: number) => SlateEditor.string(editor, [index]) === '';

  editor.isVoid = (element) => (element as unknown as Part).type === 'island' || isVoid(element);
  editor.isInline = (element) => isInline(element);

  editor.insertBreak = () => {
    const index = here();
    if (index !== undefined && isSolid(at(index))) {
      addLine(editor, index + 1);
    } else {
      insertBreak();
    }
  };
  const deleting = (step: -1 | 1, go: () => void) => {
    const index = here();
    if (index === undefined || !isCaret()) {
      go();
      return;
    }
    const edge = step < 0 ? SlateEditor.isStart(editor, editor.selection?.anchor as never, [index]) : SlateEditor.isEnd(editor, editor.selection?.anchor as never, [index]);
    if (at(index)?.type === 'island' || (at(index)?.type === 'figure' && edge && isEmpty(index))) {
      removeBlock(editor, index);
    } else if (at(index)?.type === 'figure' && edge) {
      return;
    } else if (edge && isSolid(at(index + step))) {
      // An empty line goes; from another one the caret goes into the caption.
      const target = index + step;
      const place = step < 0 ? SlateEditor.end(editor, [target]) : SlateEditor.start(editor, [target]);
      editor.select(place);
      if (isEmpty(index) && at(index)?.type === 'paragraph') {
        SlateTransforms.removeNodes(editor, { at: [index] });
      }
    } else {
      go();
    }
  };
  editor.deleteBackward = (unit) => deleting(-1, () => deleteBackward(unit));
  editor.deleteForward = (unit) => deleting(1, () => deleteForward(unit));

  editor.normalizeNode = (entry, options) => {
    const [node, path] = entry;
    if (path.length === 1 && isSolid(node as unknown as Part) && path[0] === editor.children.length - 1) {
      SlateTransforms.insertNodes(editor, { type: 'paragraph', children: [{ text: '' }] } as never, { at: [editor.children.length] });
      return;
    }
    normalizeNode(entry, options);
  };
  return editor;
}

/** An empty line, with the caret in it. */
export function addLine(editor: IDomEditor, index: number) {
  SlateTransforms.insertNodes(editor, { type: 'paragraph', children: [{ text: '' }] } as never, { at: [index] });
  editor.select(SlateEditor.start(editor, [index]));
}

export function removeBlock(editor: IDomEditor, index: number) {
  SlateTransforms.removeNodes(editor, { at: [index] });
  if (editor.children.length === 0) {
    addLine(editor, 0);
  } else {
    editor.select(SlateEditor.start(editor, [Math.min(index, editor.children.length - 1)]));
  }
}

let isRegistered = false;

export function registerParts() {
  if (!isRegistered) {
    isRegistered = true;
    // Its tools stand in the toolbar, where they are reached by keyboard, and not in boxes that come with the mouse.
    Boot.setSimpleEditorConfig({ hoverbarKeys: {} });
    Boot.registerModule({
      renderElems: [
        { type: 'figure', renderElem: showFigure as never },
        { type: 'image', renderElem: showPicture as never },
        { type: 'island', renderElem: showIsland as never },
      ],
      renderStyle: dress as never,
      editorPlugin: guard as never,
    });
  }
}
