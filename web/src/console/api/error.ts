// What the API says when a request cannot be done.

import { texts } from '../texts';

export class ApiError extends Error {
  constructor(
    /** HTTP status; 0 when there was no answer. */
    readonly status: number,
    /** Stable: what programs decide by. */
    readonly code: string,
    /** Chinese, fit to show. */
    message: string,
    /** What is wrong with which field. */
    readonly fields: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = 'ApiError';
  }

  /** From an answer's body as it came: our own errors are JSON; a proxy's are not. */
  static from(status: number, body: unknown): ApiError {
    if (isProblem(body)) {
      return new ApiError(status, body.code, body.message, body.fields);
    }
    return new ApiError(status, 'unexpected', texts.errors.unexpected(status));
  }
}

export function isApiError(error: unknown, code?: string): error is ApiError {
  return error instanceof ApiError && (code === undefined || error.code === code);
}

interface Problem {
  code: string;
  message: string;
  fields?: Record<string, string>;
}

function isProblem(body: unknown): body is Problem {
  if (typeof body !== 'object' || body === null) {
    return false;
  }
  const { code, message } = body as Partial<Problem>;
  return typeof code === 'string' && typeof message === 'string';
}
