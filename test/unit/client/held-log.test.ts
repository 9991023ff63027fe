import { describe, expect, test } from 'vitest';
import { createHeldLog } from '../../../src/client/held-log.ts';
import { createMemoryLog } from '../../../src/queue/memory-log.ts';
import type { Segment } from '../../../src/queue/types.ts';

const all = { maxEvents: Number.POSITIVE_INFINITY, maxBytes: Number.POSITIVE_INFINITY };

const segment = (first: number): Segment => ({
  ...{ lane: 'lane-of-one', first, count: 1, createdAt: 0, context: '{}' },
  body: new TextEncoder().encode('{}'),
});

describe('a log that is held', () => {
  test('opens nothing before it is released', async () => {
    let opened = 0;
    const log = createHeldLog(() => {
      opened++;
      return createMemoryLog();
    }, true);
    await log.append([segment(1)]);
    await log.stats();
    log.close();
    expect(opened).toBe(0);
    await log.release();
    await log.release();

    expect(opened).toBe(1);
    expect((await log.read(all)).map(({ first }) => first)).toEqual([1]);
  });

  test('hands over what it holds before what comes in the turn of its release', async () => {
    const device = createMemoryLog();
    const log = createHeldLog(() => device, true);
    await log.append([segment(1)]);
    await log.append([segment(2)]);

    const released = log.release();
    await Promise.all([released, log.append([segment(3)])]);
    await log.append([segment(4)]);

    expect((await device.read(all)).map(({ first }) => first)).toEqual([1, 2, 3, 4]);
  });

  test('that is held again leaves the device alone', async () => {
    const device = createMemoryLog();
    const log = createHeldLog(() => device, false);
    await log.append([segment(1)]);
    log.hold();
    await log.append([segment(2)]);

    expect((await device.stats()).events).toBe(1);
    expect((await log.stats()).events).toBe(1);
    await log.release();
    expect((await device.stats()).events).toBe(2);
  });

  test('that is erased in the turn of its release leaves nothing behind', async () => {
    const device = createMemoryLog();
    const log = createHeldLog(() => device, true);
    await log.append([segment(1)]);

    log.release();
    const erase = log.erase();
    const late = log.append([segment(2)]);

    expect(await erase()).toMatchObject([{ first: 1, count: 1 }]);
    await late;
    expect((await device.stats()).events).toBe(0);
    expect((await log.stats()).events).toBe(1);
  });
});
