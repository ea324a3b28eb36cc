// Whether there is room for a table. Below it, a list of cards says the same.

import { type Ref, onScopeDispose, ref } from 'vue';

const WIDE = '(min-width: 720px)';

export function useWide(): Readonly<Ref<boolean>> {
  const query = window.matchMedia(WIDE);
  const isWide = ref(query.matches);
  const measure = () => {
    isWide.value = query.matches;
  };
  query.addEventListener('change', measure);
  onScopeDispose(() => query.removeEventListener('change', measure));
  return isWide;
}
