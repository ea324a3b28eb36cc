// A page's title in the tab, and the focus on its heading when one comes from another page.

import { type Ref, nextTick, onMounted, useTemplateRef, watchEffect } from 'vue';
import { texts } from '../texts';

let isFirstPage = true;

/** For a page's h1, which needs `ref="heading" tabindex="-1"`. PageFrame does it for most pages. */
export function usePageTitle(title: () => string, context: () => string = () => '') {
  const heading: Readonly<Ref<HTMLElement | null>> = useTemplateRef<HTMLElement>('heading');
  watchEffect(() => {
    document.title = texts.title(title(), context());
  });
  onMounted(async () => {
    // When the console is opened, the browser's own order is right.
    if (isFirstPage) {
      isFirstPage = false;
      return;
    }
    await nextTick();
    // A form that has put the focus into its first field knows better.
    if (!heading.value?.closest('main, body')?.contains(document.activeElement) || document.activeElement === document.body) {
      heading.value?.focus({ preventScroll: true });
    }
  });
  return heading;
}
