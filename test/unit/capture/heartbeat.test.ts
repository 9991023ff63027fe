import { describe, expect, test } from 'vitest';
import { type HeartbeatOptions, heartbeat } from '../../../src/capture/heartbeat.ts';
import type { HostEvents } from '../../../src/capture/types.ts';
import { createTestHost } from '../../helpers/capture-host.ts';
import { createTestClient } from '../../helpers/test-client.ts';
import { createTestPage } from '../../helpers/test-page.ts';

function open(options?: HeartbeatOptions, random = 0.5) {
  const page = createTestPage('https://plant.test/');
  const inner = createTestHost(page.window);
  const host = { ...inner, runtime: { ...inner.runtime, random: () => random } };
  const stop = heartbeat(options).start(host);
  return { ...page, host, clock: inner.clock, stop };
}

function receipt(lane: string, first: number, count: number, status = 'stored') {
  return { receipt: { lane, first, count, status } } as HostEvents['receipt'];
}

describe('a heartbeat', () => {
  test('says each interval that the page is alive, and for how long', async () => {
    const { host, clock } = open();
    await clock.advance(30_000);
    await clock.advance(60_000);

    expect(host.captured).toEqual([
      {
        type: 'metric',
        event: 'Heartbeat',
        priority: 'low',
        properties: {
          ...{ value: 30_000, kind: 'gauge', unit: 'ms' },
          ...{ sinceLastMs: 30_000, visible: true, waiting: 0 },
        },
      },
      expect.objectContaining({
        properties: expect.objectContaining({ value: 90_000, sinceLastMs: 60_000 }),
      }),
    ]);
  });

  test.each([
    [0.25, 15_000],
    [0.999, 59_940],
  ])('begins at a part of the interval that is drawn: %d of it', async (random, firstMs) => {
    const { host, clock } = open({}, random);
    await clock.advance(firstMs - 1);
    expect(host.captured).toEqual([]);
    await clock.advance(1);

    expect(host.captured).toHaveLength(1);
  });

  test('does not make up for what a sleeping machine missed, and tells how long it was silent', async () => {
    const { host, clock } = open({ intervalMs: 10_000 });
    await clock.advance(5000);
    // The monotonic clock stood still meanwhile, as the timers did.
    clock.set(clock.now() + 3_600_000);
    await clock.advance(10_000);

    expect(host.captured.map(({ properties }) => properties?.sinceLastMs)).toEqual([
      5000, 3_610_000,
    ]);
    expect(host.captured.at(-1)?.properties?.value).toBe(15_000);
  });

  test('tells nothing of a clock that was set back', async () => {
    const { host, clock } = open({ intervalMs: 10_000 });
    await clock.advance(5000);
    clock.set(clock.now() - 3_600_000);
    await clock.advance(10_000);

    expect(host.captured.at(-1)?.properties?.sinceLastMs).toBe(0);
  });

  test('tells whether the page is seen', async () => {
    const { host, clock, setHidden } = open();
    setHidden(true);
    await clock.advance(30_000);

    expect(host.captured.map(({ properties }) => properties?.visible)).toEqual([false]);
  });

  test('tells how many events of its lane wait, and why', async () => {
    const { host, clock } = open({ intervalMs: 1000 });
    for (let seq = 1; seq <= 9; seq++) {
      host.tell('captured', { lane: 'mine', seq, type: 'track' });
    }
    host.tell('receipt', receipt('mine', 1, 4));
    host.tell('receipt', receipt('mine', 5, 2, 'retry'));
    host.tell('receipt', receipt('another', 1, 9));
    host.tell('paused', { reason: 'offline' });
    await clock.advance(500);
    host.tell('receipt', receipt('mine', 5, 5));
    host.tell('resumed', {});
    await clock.advance(1000);

    expect(
      host.captured.map(({ properties }) => [properties?.waiting, properties?.pausedBy]),
    ).toEqual([
      [5, 'offline'],
      [0, undefined],
    ]);
  });

  test('ends when the source stops', async () => {
    const { host, clock, stop } = open();
    await clock.advance(30_000);
    stop();
    await clock.advance(600_000);

    expect(host.captured).toHaveLength(1);
    expect(clock.timers()).toEqual([]);
    expect(host.attached()).toBe(0);
  });

  test('comes of a device without a page too', async () => {
    const { heardOf, clock } = createTestClient({ capture: [heartbeat()] });
    await clock.advance(120_000);

    expect(heardOf('captured').filter(({ event }) => event === 'Heartbeat')).toHaveLength(2);
  });

  test('refuses an interval that would be a loop', () => {
    expect(() => heartbeat({ intervalMs: 1 })).toThrow(
      'intervalMs: expected a number from 100 to 2147483647, got 1',
    );
  });
});
