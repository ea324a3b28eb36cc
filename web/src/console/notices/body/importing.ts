// A document of Word, put into the text: in its place, or after it.

import { type IDomEditor, SlateEditor } from '@wangeditor-next/editor';
import { ElMessageBox } from 'element-plus';
import { cleaned } from './cleaning';
import { WordError, readWord } from './docx';
import { type Part, isEmptyLine } from './parts';
import { type Pictures, insert } from './pasting';
import { parsed } from './pieces';
import { readBlocks } from './reading';
import { texts } from './texts';

/** What came of it; nothing when the person thought better of it. `empty` takes out what is there. */
export async function putWord(editor: IDomEditor, file: File, pictures: Pictures, empty: () => void): Promise<'whole' | 'partly' | undefined> {
  const { html, isWhole } = await readWord(file);
  const body = cleaned(parsed(html)).body;
  if (body.textContent?.trim() === '' && body.querySelector('img') === null) {
    throw new WordError(texts.wordEmpty);
  }
  const isEmpty = (editor.children as unknown as Part[]).every(isEmptyLine);
  const way = isEmpty ? 'replace' : await askHow();
  if (way === undefined) {
    return undefined;
  }
  editor.focus();
  if (way === 'replace') {
    empty();
  }
  editor.select(SlateEditor.end(editor, []));
  pictures.askFor(body, []);
  insert(editor, readBlocks(body));
  void pictures.run();
  return isWhole ? 'whole' : 'partly';
}

async function askHow(): Promise<'replace' | 'append' | undefined> {
  const { title, text, replace, append } = texts.wordAsk;
  return ElMessageBox.confirm(text, title, { confirmButtonText: append, cancelButtonText: replace, distinguishCancelAndClose: true }).then(
    () => 'append' as const,
    (action) => (action === 'cancel' ? ('replace' as const) : undefined),
  );
}
