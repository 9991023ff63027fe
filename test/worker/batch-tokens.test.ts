import { expect, test, vi } from 'vitest';
import { createBatchTokens } from '../../worker/admission/batch-tokens.ts';
import { issueSession } from '../../worker/admission/tokens.ts';
import { NOW, SECRET } from './relay-under-test.ts';

async function issue(secret: string = SECRET) {
  const session = await issueSession(secret, {
    ...{ writeKey: 'wk_shop', client: 'till-7', origin: null },
    ...{ issued: NOW, expires: NOW + 1000 },
  });
  return session.token;
}

test('a token that was good is verified once, and refused from the moment it expires', async () => {
  const text = await issue();
  const read = createBatchTokens([SECRET]);
  const first = await read(text, NOW);
  const verify = vi.spyOn(crypto.subtle, 'verify');

  const again = await read(text, NOW + 999);
  const late = await read(text, NOW + 1000);

  expect(again).toEqual(first);
  expect(first).toMatchObject({ ok: true, value: { token: { client: 'till-7' } } });
  expect(late).toMatchObject({ ok: false, code: 'token_expired' });
  expect(verify).toHaveBeenCalledTimes(1);
  verify.mockRestore();
});

test('a token of another secret is not remembered as good', async () => {
  const text = await issue('another secret of at least thirty-two characters');
  const read = createBatchTokens([SECRET]);

  const answers = [await read(text, NOW), await read(text, NOW)];

  expect(answers).toMatchObject([{ code: 'token_invalid' }, { code: 'token_invalid' }]);
});
