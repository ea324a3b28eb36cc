// What is done with a notice that has been saved: to residents and back, copied, pinned, thrown away, brought back.

import { ElMessage, ElMessageBox } from 'element-plus';
import { h } from 'vue';
import { api, call } from '../api/client';
import { confirmDanger } from '../parts/confirm-danger';
import type { Notice, Writing } from './notice';
import type { Times } from './PublishDialog.vue';
import { texts } from './texts';

export function useDeeds(writing: Writing) {
  const at = () => ({ params: { path: writing.path() } });
  const version = () => writing.notice?.version ?? 0;
  const base = '/api/v1/accounts/{account}/notices/{id}' as const;

  async function shown(request: Promise<Notice>, message: string = texts.done) {
    writing.take(await request);
    await writing.loadReview();
    ElMessage.success(message);
  }

  /** None when the person thought better of it. */
  function ask(text: string, title: string): Promise<string | undefined> {
    const options = { confirmButtonText: texts.ok, cancelButtonText: texts.cancel, inputPattern: /\S/, inputErrorMessage: text };
    return ElMessageBox.prompt(text, title, options).then(
      ({ value }) => value,
      () => undefined,
    );
  }

  async function publish({ publishAt, withdrawAt }: Times) {
    if (publishAt === undefined) {
      await shown(call(api.POST(`${base}/publish`, { ...at(), body: { version: version() } })));
    } else {
      const body = { version: version(), publish_at: publishAt, withdraw_at: withdrawAt };
      await shown(call(api.PUT(`${base}/schedule`, { ...at(), body })));
    }
  }

  async function unschedule() {
    const { unschedule: title, unscheduleAsk: text, keepTime: cancel } = texts.publish;
    if (await confirmDanger({ title, text, action: title, cancel })) {
      const params = { path: writing.path(), query: { version: version() } };
      await shown(call(api.DELETE(`${base}/schedule`, { params })));
    }
  }

  const planWithdrawal = (withdraw_at: number | null) =>
    shown(call(api.PUT(`${base}/withdrawal`, { ...at(), body: { version: version(), withdraw_at } })));

  async function withdraw() {
    const reason = await ask(texts.withdraw.ask, texts.withdraw.action);
    if (reason !== undefined) {
      await shown(call(api.POST(`${base}/withdraw`, { ...at(), body: { version: version(), reason } })));
    }
  }

  const pin = (pinned: boolean) => shown(call(api.PUT(`${base}/pin`, { ...at(), body: { version: version(), pinned } })));

  /** Gives the number of the copy. */
  async function duplicate(): Promise<number> {
    const copy = await call(api.POST(`${base}/duplicate`, at()));
    ElMessage.success(texts.actions.duplicated);
    return copy.id;
  }

  const untrash = () => shown(call(api.POST(`${base}/untrash`, { ...at(), body: { version: version() } })), texts.actions.undone);

  async function trash() {
    const params = { path: writing.path(), query: { version: version() } };
    writing.take(await call(api.DELETE(base, { params })));
    const undo = h('button', { class: 'el-button el-button--primary is-link', onClick: () => void untrash().finally(() => told.close()) }, texts.actions.undo);
    const told = ElMessage({ type: 'success', message: h('span', [texts.actions.trashed, ' ', undo]), duration: 10_000, showClose: true });
  }

  /** Asks first when signatures would be lost. */
  async function restore(number: number): Promise<boolean> {
    const { drops_signatures: drops } = writing.notice ?? { drops_signatures: false };
    const title = texts.versions.restoreNumber(number);
    const text = drops ? texts.drops : texts.versions.restoreAsk;
    if (!(await confirmDanger({ title, text, action: title }))) {
      return false;
    }
    await shown(call(api.POST(`${base}/restore`, { ...at(), body: { version: version(), number, drops } })), texts.versions.restored);
    return true;
  }

  return { publish, unschedule, planWithdrawal, withdraw, pin, duplicate, trash, untrash, restore };
}
