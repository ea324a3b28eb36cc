// Keeps a person from losing what they wrote.

import { onBeforeUnmount, onMounted } from 'vue';
import { onBeforeRouteLeave, onBeforeRouteUpdate } from 'vue-router';
import { session } from '../session';
import { texts } from '../texts';
import { confirmDanger } from './confirm-danger';

/** In a page: asks before it is left while there is something unsaved. */
export function useUnsavedGuard(isUnsaved: () => boolean) {
  const mayLeave = async () => {
    // Whoever is signed out has no choice.
    if (session.value === undefined || !isUnsaved()) {
      return true;
    }
    const { title, text, leave } = texts.unsaved;
    return confirmDanger({ title, text, action: leave });
  };
  const warn = (event: BeforeUnloadEvent) => {
    if (isUnsaved()) {
      event.preventDefault();
    }
  };
  onBeforeRouteLeave(mayLeave);
  onBeforeRouteUpdate((to, from) => to.path === from.path || mayLeave());
  onMounted(() => window.addEventListener('beforeunload', warn));
  onBeforeUnmount(() => window.removeEventListener('beforeunload', warn));
}
