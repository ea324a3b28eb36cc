// Forms: one save at a time, what is wrong beside its field, and a dialog when somebody else was faster.
//
//   const saving = useSaving({ reload });
//   <ElForm @submit.prevent="saving.run(save)">
//     <FormFailure :message="saving.failure" />
//     <ElFormItem label="标题" :error="saving.fields.title"> …
//     <ElButton native-type="submit" :loading="saving.busy"> …

import { nextTick, reactive, ref, shallowRef } from 'vue';
import { askAboutStale } from '../parts/stale';
import { ApiError } from './error';

interface Options {
  /** Shows what the other person has saved, when the person wants so. */
  reload?: () => unknown;
}

export function useSaving({ reload }: Options = {}) {
  const busy = ref(false);
  const failure = ref('');
  const fields = shallowRef<Readonly<Record<string, string>>>({});

  /** Gives what the action gives, or nothing when it failed; what failed is then shown. */
  async function run<T>(action: () => Promise<T>): Promise<T | undefined> {
    if (busy.value) {
      return undefined;
    }
    busy.value = true;
    failure.value = '';
    fields.value = {};
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof ApiError)) {
        throw error;
      }
      if (error.code === 'stale') {
        if (await askAboutStale(reload !== undefined)) {
          await reload?.();
        }
      } else {
        failure.value = error.message;
        fields.value = error.fields;
        await focusFirstFault();
      }
      return undefined;
    } finally {
      busy.value = false;
    }
  }

  /** Says what the form itself has found, as if the server had. */
  async function refuse(found: Readonly<Record<string, string>>) {
    failure.value = '';
    fields.value = found;
    await focusFirstFault();
  }

  return reactive({
    run,
    refuse,
    busy,
    /** What is wrong as a whole; empty when nothing is. */
    failure,
    /** What is wrong with each field, by the API's names. */
    fields,
  });
}

async function focusFirstFault() {
  await nextTick();
  document.querySelector<HTMLElement>('.el-form-item.is-error :is(input, textarea, [tabindex="0"])')?.focus();
}
