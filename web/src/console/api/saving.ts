// Forms: one save at a time, what is wrong beside its field, and a dialog when somebody else was faster.
//
//   const saving = useSaving({ reload });
//   <ElForm @submit.prevent="saving.run(save)">
//     <FormFailure :message="saving.failure" />
//     <ElFormItem label="标题" :error="saving.fields.title"> …
//     <ElButton native-type="submit" :loading="saving.busy"> …

import { reactive, ref, shallowRef } from 'vue';
import { askAboutStale } from '../parts/stale';
import { ApiError } from './error';

// Element Plus holds messages back for a tenth of a second, so that they do not flicker.
const MESSAGE_SHOWN_MS = 150;
const CONTROL = 'input, textarea, [tabindex="0"]';

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
    forgetFaults();
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
        void showFaults(error.fields);
      }
      return undefined;
    } finally {
      busy.value = false;
    }
  }

  /** Says what the form itself has found, as if the server had. */
  function refuse(found: Readonly<Record<string, string>>) {
    failure.value = '';
    fields.value = found;
    forgetFaults();
    void showFaults(found);
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

/** Ties each message to its field, for those who hear the page, and goes to the first one. Element Plus does neither. */
async function showFaults(fields: object) {
  if (Object.keys(fields).length === 0) {
    return;
  }
  await new Promise((resume) => setTimeout(resume, MESSAGE_SHOWN_MS));
  const controls = [...document.querySelectorAll('.el-form-item.is-error')].flatMap((item, index) => {
    const control = item.querySelector<HTMLElement>(CONTROL);
    const message = item.querySelector('.el-form-item__error');
    if (control !== null && message !== null) {
      message.id ||= `form-fault-${index}`;
      control.setAttribute('aria-describedby', message.id);
      control.setAttribute('aria-invalid', 'true');
    }
    return control ?? [];
  });
  controls[0]?.focus();
}

function forgetFaults() {
  for (const control of document.querySelectorAll('[aria-describedby^="form-fault-"]')) {
    control.removeAttribute('aria-describedby');
    control.removeAttribute('aria-invalid');
  }
}
