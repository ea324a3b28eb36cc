// Keeps a person from losing what they wrote.

import { onBeforeUnmount, onMounted } from 'vue';
import { onBeforeRouteLeave, onBeforeRouteUpdate } from 'vue-router';
import { session } from '../session';
import { texts } from '../texts';
import { confirmDanger } from './confirm-danger';

const unsaved = new Set<() => boolean>();

export function hasUnsaved(): boolean {
  return [...unsaved].some((isUnsaved) => isUnsaved());
}

/** Whether there is nothing to lose, or the person does not mind. */
export async function mayLosePage(): Promise<boolean> {
  const { title, text, leave, stay } = texts.unsaved;
  return !hasUnsaved() || confirmDanger({ title, text, action: leave, cancel: stay });
}

/** In a page: asks before it is left while there is something unsaved. */
export function useUnsavedGuard(isUnsaved: () => boolean) {
  // Whoever is signed out has no choice.
  const mayLeave = async () => session.value === undefined || !isUnsaved() || mayLosePage();
  const warn = (event: BeforeUnloadEvent) => {
    if (isUnsaved()) {
      event.preventDefault();
    }
  };
  onBeforeRouteLeave(mayLeave);
  onBeforeRouteUpdate((to, from) => to.path === from.path || mayLeave());
  onMounted(() => {
    unsaved.add(isUnsaved);
    window.addEventListener('beforeunload', warn);
  });
  onBeforeUnmount(() => {
    unsaved.delete(isUnsaved);
    window.removeEventListener('beforeunload', warn);
  });
}
