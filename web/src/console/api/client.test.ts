import { afterEach, describe, expect, test, vi } from 'vitest';
import { texts } from '../texts';
import { ApiError, call, onSignedOut } from './client';

const answer = (status: number, body: { data?: unknown; error?: unknown } = {}) =>
  Promise.resolve({ ...body, response: new Response(null, { status }) });

async function failure(request: Parameters<typeof call>[0]): Promise<unknown> {
  return call(request).then(
    () => expect.fail('it went well'),
    (error: unknown) => error,
  );
}

afterEach(() => onSignedOut(() => {}));

describe('call', () => {
  test('gives the body', async () => {
    expect(await call(answer(200, { data: { items: [] } }))).toEqual({ items: [] });
    expect(await call(answer(204))).toBeUndefined();
  });

  test('throws what the API says', async () => {
    const problem = { code: 'invalid', message: '标题不能为空。', fields: { title: '标题不能为空。' } };
    expect(await failure(answer(422, { error: problem }))).toMatchObject({ status: 422, ...problem });
    expect(await failure(answer(409, { error: { code: 'stale', message: '…' } }))).toMatchObject({ code: 'stale', fields: {} });
  });

  test("does not show a proxy's page", async () => {
    for (const body of ['<html>Bad Gateway</html>', '', undefined, null, { code: 5 }]) {
      expect(await failure(answer(502, { error: body }))).toMatchObject({
        code: 'unexpected',
        message: texts.errors.unexpected(502),
      });
    }
  });

  test('says that there is no connection, and nothing when the caller has given up', async () => {
    expect(await failure(Promise.reject(new TypeError('Failed to fetch')))).toMatchObject({ status: 0, code: 'unreachable' });
    const givenUp = new DOMException('', 'AbortError');
    expect(await failure(Promise.reject(givenUp))).toBe(givenUp);
    const late = new ApiError(0, 'timeout', '');
    expect(await failure(Promise.reject(late))).toBe(late);
  });

  test('tells when nobody is signed in any more', async () => {
    const signedOut = vi.fn();
    onSignedOut(signedOut);
    await failure(answer(403, { error: { code: 'forbidden', message: '' } }));
    expect(signedOut).not.toHaveBeenCalled();
    await failure(answer(401, { error: { code: 'signed_out', message: '' } }));
    expect(signedOut).toHaveBeenCalledOnce();
  });
});
