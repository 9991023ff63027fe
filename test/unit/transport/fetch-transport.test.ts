import { describe, expect, test } from 'vitest';
import { createFetchTransport } from '../../../src/transport/fetch-transport.ts';
import { createFakeClock } from '../../helpers/fake-clock.ts';

function post(respond: (init: RequestInit) => Response | Promise<Response>, hidden = false) {
  const clock = createFakeClock();
  const inits: RequestInit[] = [];
  const transport = createFetchTransport(
    {
      ...clock,
      page: { document: { hidden } } as unknown as Window,
      fetch: async (_, init = {}) => {
        inits.push(init);
        return respond(init);
      },
    },
    1000,
  );
  return {
    clock,
    inits,
    send: (body: string, isLeaving?: boolean) =>
      transport('https://relay.test/v1/batch', body, isLeaving),
  };
}

describe('the transport', () => {
  test('sends what needs no preflight and carries no cookie', async () => {
    const { send, inits } = post(() => new Response('{}'));
    await send('body');

    expect(inits[0]).toMatchObject({
      method: 'POST',
      body: 'body',
      headers: { 'content-type': 'text/plain' },
      credentials: 'omit',
      keepalive: false,
    });
  });

  test.each([
    [61_440, true, true],
    [61_441, true, false],
    [10, false, false],
  ])('of %i bytes, hidden: %s, outlives the page: %s', async (bytes, hidden, keepalive) => {
    const { send, inits } = post(() => new Response('{}'), hidden);
    await send('x'.repeat(bytes));

    expect(inits[0]?.keepalive).toBe(keepalive);
  });

  test('sends in the turn of the call what is to outlive a page that is still seen', async () => {
    const { send, inits } = post(() => new Response('{}'));
    const answer = send('body', true);

    expect(inits[0]?.keepalive).toBe(true);
    await answer;
  });

  test.each([
    ['{"a":1}', { a: 1 }],
    ['[1]', {}],
    ['null', {}],
    ['<html>', {}],
    ['', {}],
  ])('reads the body %s', async (body, read) => {
    const { send } = post(() => new Response(body, { status: 418 }));

    expect(await send('')).toEqual({ status: 418, body: read, afterMs: undefined });
  });

  test('takes the wait from the body before the header', async () => {
    const headers = { 'retry-after': '9' };

    const { send } = post(() => new Response('{"after":2500}', { status: 503, headers }));
    expect((await send('')).afterMs).toBe(2500);
    const plain = post(() => new Response('{}', { status: 503, headers }));
    expect((await plain.send('')).afterMs).toBe(9000);
  });

  test('has no answer when the network fails', async () => {
    const { send, clock } = post(() => {
      throw new TypeError('Failed to fetch');
    });

    expect(await send('')).toMatchObject({ status: 0 });
    expect(clock.timers()).toEqual([]);
  });

  test('has no answer when the time is up, before the head or inside the body', async () => {
    const never = new Promise<never>(() => {});
    const aborted = (init: RequestInit) =>
      new Promise<never>((_, reject) => {
        init.signal?.addEventListener('abort', () => reject(new DOMException('', 'AbortError')));
      });
    const head = post((init) => Promise.race([never, aborted(init)]));
    const body = post(
      (init) => ({ status: 200, json: () => aborted(init) }) as unknown as Response,
    );

    for (const { send, clock } of [head, body]) {
      const answer = send('');
      await clock.advance(1000);
      expect(await answer).toMatchObject({ status: 0 });
    }
  });
});
