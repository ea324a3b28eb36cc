// Shows what went wrong where no page shows it better.

import { ElMessage } from 'element-plus';
import { ApiError } from '../api/error';
import { texts } from '../texts';
import { askAboutStale } from './stale';

const SHOWN_MS = 6_000;

export function report(error: unknown) {
  if (error instanceof ApiError) {
    if (error.code === 'stale') {
      void askAboutStale(false);
    } else {
      // Being signed out is shown by the sign-in page.
      if (error.status !== 401) {
        ElMessage({ type: 'error', message: error.message, duration: SHOWN_MS, showClose: true, grouping: true });
      }
    }
    return;
  }
  console.error(error);
  ElMessage({ type: 'error', message: texts.errors.brokenTitle, duration: SHOWN_MS, showClose: true, grouping: true });
}
