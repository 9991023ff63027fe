// @vitest-environment node
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { createChannel } from '../../../src/consumer/channel.ts';

function setUp(wished: number) {
  const controller = new AbortController();
  const left = vi.fn();
  const channel = createChannel<number>(wished, controller.signal, left);
  return { channel, left, close: () => controller.abort() };
}

test('whatever the turns of pushing and pulling, everything comes once and in order', async () => {
  const turns = fc.array(fc.record({ pushed: fc.nat(6), pulled: fc.nat(6) }), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(turns, fc.integer({ min: 1, max: 4 }), async (course, wished) => {
      const { channel } = setUp(wished);
      const pulled: number[] = [];
      let next = 0;

      for (const turn of course) {
        channel.push(Array.from({ length: turn.pushed }, () => next++));
        for (let pull = 0; pull < turn.pulled && pulled.length < next; pull++) {
          const { value } = await channel.items.next();
          if (value !== undefined) pulled.push(value);
        }
      }

      expect(pulled).toEqual(Array.from({ length: pulled.length }, (_, index) => index));
    }),
  );
});

test('there is room until as many wait as wished, and again when one is pulled', async () => {
  const { channel } = setUp(2);
  const hasRoom = vi.fn();
  channel.push([1]);
  await channel.room();
  channel.push([2, 3]);

  void channel.room().then(hasRoom);
  await channel.items.next();
  const early = hasRoom.mock.calls.length;
  await channel.items.next();
  await Promise.resolve();

  expect(early).toBe(0);
  expect(hasRoom).toHaveBeenCalledTimes(1);
});

test('closing ends a pull under way and lets those who wait for room go', async () => {
  const { channel, close, left } = setUp(1);
  const pull = channel.items.next();
  close();

  expect(await pull).toEqual({ done: true, value: undefined });
  channel.push([1]);
  await channel.room();
  expect(left).toHaveBeenCalled();
  expect(await channel.items.next()).toEqual({ done: true, value: undefined });
});

test('leaving the loop is told', async () => {
  const { channel, left } = setUp(1);
  channel.push([1, 2]);

  for await (const item of channel.items) {
    expect(item).toBe(1);
    break;
  }

  expect(left).toHaveBeenCalledTimes(1);
});
