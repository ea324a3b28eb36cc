// What a person is told who saves what somebody else has saved meanwhile.

import { ElMessageBox } from 'element-plus';
import { texts } from '../texts';

/** Whether the person wants to see the new contents. */
export async function askAboutStale(canReload: boolean): Promise<boolean> {
  try {
    await ElMessageBox.confirm(texts.stale.text, texts.stale.title, {
      type: 'warning',
      confirmButtonText: canReload ? texts.stale.show : texts.parts.confirm,
      cancelButtonText: texts.stale.stay,
      showCancelButton: canReload,
      closeOnClickModal: false,
    });
    return canReload;
  } catch {
    return false;
  }
}
