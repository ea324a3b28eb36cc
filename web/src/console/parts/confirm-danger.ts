// Asks before something that cannot be undone.

import { ElMessageBox } from 'element-plus';
import { texts } from '../texts';

interface Question {
  /** What is about to happen: «删除这个地点？». */
  title: string;
  /** What it means, and for whom. */
  text: string;
  /** The button's word: «删除». */
  action: string;
  /** The other button's word, where «取消» could be misread. */
  cancel?: string;
}

/** `if (await confirmDanger({ … })) { … }` */
export async function confirmDanger({ title, text, action, cancel }: Question): Promise<boolean> {
  try {
    await ElMessageBox.confirm(text, title, {
      type: 'warning',
      confirmButtonText: action,
      confirmButtonType: 'danger',
      cancelButtonText: cancel ?? texts.parts.cancel,
      closeOnClickModal: false,
      // A hasty Enter must not do it.
      autofocus: false,
    });
    return true;
  } catch {
    return false;
  }
}
