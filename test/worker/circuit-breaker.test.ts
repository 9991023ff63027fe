import { describe, expect, test } from 'vitest';
import { createCircuitBreaker } from '../../worker/kinesis/circuit-breaker.ts';
import type { CallOutcome } from '../../worker/kinesis/put-call.ts';

const stored: CallOutcome = {
  ok: true,
  entries: [{ kind: 'stored', shard: 's', sequence: '1' }],
};
const down: CallOutcome = { ok: false, failure: 'unavailable', code: 'TimeoutError' };
const denied: CallOutcome = { ok: false, failure: 'misconfigured', code: 'AccessDeniedException' };

function open(random = () => 1) {
  const clock = { now: 0 };
  const breaker = createCircuitBreaker({ now: () => clock.now, random });
  let calls = 0;
  const send = (outcome: CallOutcome | Promise<CallOutcome>) =>
    breaker.guard(async () => {
      calls++;
      return outcome;
    });
  const fail = async (times: number, outcome = down): Promise<void> => {
    for (let n = 0; n < times; n++) await send(outcome);
  };
  return { clock, breaker, send, fail, calls: () => calls };
}

describe('a circuit breaker', () => {
  test('makes every call until five in a row have failed, and then none', async () => {
    const { send, fail, calls, breaker } = open();

    await fail(4);
    expect(breaker.isOpen()).toBe(false);
    await fail(1);

    expect(await send(stored)).toEqual({
      ...{ ok: false, failure: 'unavailable', code: 'CircuitOpen' },
      ...{ isUncalled: true, afterMs: 1000 },
    });
    expect(calls()).toBe(5);
  });

  test.each<[string, CallOutcome]>([
    ['is stored', stored],
    [
      'is stored in part',
      { ok: true, entries: [{ kind: 'unavailable', code: 'x' }, ...entriesOf(stored)] },
    ],
    ['is throttled', { ok: true, entries: [{ kind: 'throttled', code: 'x' }] }],
    ['is throttled whole', { ok: false, failure: 'throttled', code: 'ThrottlingException' }],
    ['is refused', { ok: false, failure: 'refused', code: 'InvalidArgumentException' }],
  ])('counts from the start after a call that %s: the stream works', async (_, outcome) => {
    const { send, fail, breaker } = open();

    await fail(4);
    await send(outcome);
    await fail(4);

    expect(breaker.isOpen()).toBe(false);
  });

  test('counts a call whose every entry failed within the service', async () => {
    const { fail, breaker } = open();

    await fail(5, { ok: true, entries: [{ kind: 'unavailable', code: 'InternalFailure' }] });

    expect(breaker.isOpen()).toBe(true);
  });

  test('lets one probe through after its rest, and all others when that is stored', async () => {
    const { clock, send, fail, calls } = open();
    await fail(5);
    clock.now = 1000;
    const { promise, resolve } = promiseOf<CallOutcome>();

    const probe = send(promise);
    const beside = await send(stored);
    resolve(stored);
    await probe;
    const after = await send(stored);

    expect(beside).toMatchObject({ code: 'CircuitOpen' });
    expect(after).toEqual(stored);
    expect(calls()).toBe(7);
  });

  test('rests twice as long after each probe that fails, thirty seconds at most', async () => {
    const { clock, send, fail } = open();
    await fail(5);

    const rests: unknown[] = [];
    for (let probe = 0; probe < 7; probe++) {
      const refused = await send(stored);
      const restMs = refused.ok ? 0 : (refused.afterMs ?? 0);
      rests.push(restMs);
      clock.now += restMs;
      await send(down);
    }

    expect(rests).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  });

  test('begins with a short rest again once the stream has worked', async () => {
    const { clock, send, fail } = open();
    await fail(5);
    clock.now = 1000;
    await send(down);
    clock.now = 3000;
    await send(stored);
    await fail(5);

    expect(await send(stored)).toMatchObject({ afterMs: 1000 });
  });

  test('rests longer where a setting has to be changed, and says which failure it was', async () => {
    const { send, fail } = open();
    await fail(5, denied);

    expect(await send(stored)).toMatchObject({ failure: 'misconfigured', afterMs: 5000 });
  });

  test('draws its rests, so that isolates do not probe as one', async () => {
    const [short, long] = [open(() => 0), open(() => 1)];
    await short.fail(5);
    await long.fail(5);

    expect(await short.send(stored)).toMatchObject({ afterMs: 500 });
    expect(await long.send(stored)).toMatchObject({ afterMs: 1000 });
  });

  test('sends another probe where the first is never heard of again', async () => {
    const { clock, send, fail } = open();
    await fail(5);
    clock.now = 1000;
    void send(new Promise(() => {}));
    clock.now = 10_999;
    const early = await send(stored);
    clock.now = 11_000;

    expect(early).toMatchObject({ code: 'CircuitOpen' });
    expect(await send(stored)).toEqual(stored);
  });

  test('learns nothing from calls that were under way when it opened', async () => {
    const { send, fail, breaker } = open();
    const { promise, resolve } = promiseOf<CallOutcome>();
    const straggler = send(promise);
    await fail(5);

    resolve(stored);
    await straggler;

    expect(breaker.isOpen()).toBe(true);
  });
});

function entriesOf(outcome: CallOutcome) {
  return outcome.ok ? outcome.entries : [];
}

function promiseOf<T>() {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
