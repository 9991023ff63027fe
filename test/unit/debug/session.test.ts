import { describe, expect, it, vi } from 'vitest';
import { openSession } from '../../../src/debug/reading/session.ts';
import { platformRuntime } from '../../../src/runtime.ts';
import { createScriptedConsumer, recordOf, shardOf } from '../../helpers/scripted-consumer.ts';

const LANE = 'k3f9aL0qXw';

function setUp(stopsWhenFull = false) {
  const consumer = createScriptedConsumer();
  const onChange = vi.fn();
  const runtime = platformRuntime();
  const session = openSession({
    consumer,
    fromBeginning: true,
    stopsWhenFull,
    runtime,
    onChange,
  });
  const feed = (first: number, count: number, bytes?: number): void =>
    consumer.push(
      ...Array.from({ length: count }, (_, index) =>
        recordOf(LANE, first + index, {}, bytes ? { data: new Uint8Array(bytes) } : {}),
      ),
    );
  return { consumer, session, feed, onChange };
}

describe('a session', () => {
  it('shows what was read half a second later, and says that there is something new', async () => {
    const { session, feed, onChange } = setUp();

    feed(1, 3);

    await vi.waitFor(() => expect(session.model.counts().records).toBe(3));
    expect(session.model.rows.end()).toBe(0);
    onChange.mockClear();
    await vi.waitFor(() => expect(session.model.rows.end()).toBe(3), { timeout: 5_000 });
    expect(onChange).toHaveBeenCalled();
    session.close();
  });

  it('lets the page breathe while it takes in what was read long ago', async () => {
    const { session, feed } = setUp();
    let breaths = 0;
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      breaths++;
      port2.postMessage(0);
    };
    port2.postMessage(0);

    feed(1, 5_000);
    await vi.waitFor(() => expect(session.model.counts().records).toBe(5_000), {
      timeout: 20_000,
    });

    port1.close();
    expect(breaths).toBeGreaterThan(1);
    session.close();
  });

  it('makes rows of what happens to the stream, and counts throttled reads', async () => {
    const { session, consumer } = setUp();
    consumer.setShards([shardOf(0, [0, 1])]);
    await vi.waitFor(() => expect(session.model.rates.series(Date.now())).toBeDefined());
    await new Promise((resolve) => setTimeout(resolve, 200));

    consumer.setShards([shardOf(0, [0, 1], { pace: 'throttled', throttledReads: 3 })]);

    await vi.waitFor(() => expect(session.model.rows.at(0)).toMatchObject({ note: 'throttled' }));
    const later = Date.now() + 2_000;
    const [throttled] = session.model.rates.series(later).throttledByShard.values();
    expect(throttled?.reduce((sum, count) => sum + count, 0)).toBe(3);
    session.close();
  });

  it('that stops when its window is full reads no further, until it is told to', async () => {
    const { session, feed } = setUp(true);
    feed(1, 8, 8_000_000);

    await vi.waitFor(() => expect(session.isWaiting?.()).toBe(true), { timeout: 5_000 });
    expect(session.model.counts().records).toBe(4);
    await vi.waitFor(() => expect(session.model.rows.end()).toBe(4), { timeout: 5_000 });
    expect(session.model.rows.first()).toBe(0);
    session.readOn?.();

    await vi.waitFor(() => expect(session.model.counts().records).toBe(8));
    session.close();
  });
});
