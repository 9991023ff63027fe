import { describe, expect, it } from 'vitest';
import { createKeeper } from '../../../src/debug/reading/keeper.ts';
import { recordOf } from '../../helpers/scripted-consumer.ts';

const LANE = 'k3f9aL0qXw';
const page = () => ({ page: { path: '/kettles', title: 'Kettles' } });

describe('a record that is kept', () => {
  it.each([0, 10_000])('says what it said before, with %i bytes more', (more) => {
    const record = recordOf(LANE, 1, {
      userId: 'ada',
      traits: { plan: 'pro' },
      context: page(),
      properties: { price: 49.9, text: 'x'.repeat(more) },
    });

    const kept = createKeeper()(record);

    expect(JSON.parse(JSON.stringify(kept.event))).toEqual(record.event);
    expect({ ...kept, event: undefined }).toEqual({ ...record, event: undefined });
    expect(Object.keys(kept.event ?? {}).sort()).toEqual(Object.keys(record.event ?? {}).sort());
  });

  it('shares its context with those that have the same', () => {
    const keep = createKeeper();

    const first = keep(recordOf(LANE, 1, { context: page() }));
    const second = keep(recordOf(LANE, 2, { context: page() }));
    const other = keep(recordOf(LANE, 3, { context: { page: { path: '/' } } }));

    expect(second.event?.context).toBe(first.event?.context);
    expect(other.event?.context).toEqual({ page: { path: '/' } });
  });

  it('keeps a large payload as bytes, and reads them when it is asked', () => {
    const record = recordOf(LANE, 1, { properties: { text: 'x'.repeat(10_000) } });
    const bytes = new TextEncoder().encode(
      JSON.stringify({ ...record.event, properties: { text: 'from the bytes' } }).padEnd(5_000),
    );

    const kept = createKeeper()({ ...record, data: bytes });

    expect(kept.event?.properties).toEqual({ text: 'from the bytes' });
    expect(kept.event?.event).toBe('Product Clicked');
  });

  it('does not take text for a context that reads the same', () => {
    const keep = createKeeper();

    keep(recordOf(LANE, 1, { context: page() }));
    const { event } = keep(recordOf(LANE, 2, { userId: JSON.stringify(page()) }));

    expect(event?.userId).toBe(JSON.stringify(page()));
  });

  it('without an event stays as it is', () => {
    const record = recordOf(LANE, 1, {}, { event: undefined, data: Uint8Array.of(0xff) });

    expect(createKeeper()(record)).toEqual(record);
  });

  it('tells more values apart than it remembers', () => {
    const keep = createKeeper();

    const kept = Array.from({ length: 9_000 }, (_, seq) =>
      keep(recordOf(LANE, seq + 1, { userId: `user-${seq}`, context: { n: seq } })),
    );

    expect(kept.map(({ event }) => event?.userId)).toEqual(kept.map((_, n) => `user-${n}`));
    expect(kept.map(({ event }) => event?.context.n)).toEqual(kept.map((_, n) => n));
  });
});
