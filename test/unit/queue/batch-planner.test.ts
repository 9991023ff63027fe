import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeSegmentHead, parsePayload } from '../../../src/protocol/batch.ts';
import { joinBytes } from '../../../src/protocol/bytes.ts';
import { type BatchPlan, planBatch } from '../../../src/queue/batch-planner.ts';
import { remainderOf } from '../../../src/queue/remainder.ts';
import type { Segment, StoredSegment } from '../../../src/queue/types.ts';
import { linesOf, segmentOf } from '../../conformance/segment-log.ts';

const encoder = new TextEncoder();
const PLENTY = { maxEvents: 1e9, maxBytes: 1e9 };

/** As the relay will see it. */
function wireOf({ texts }: BatchPlan): string {
  return new TextDecoder().decode(joinBytes(...texts));
}

function wireBytesOf({ lane, first, context, body }: Segment): number {
  return joinBytes(encodeSegmentHead(lane, first, context), body, '\n').length;
}

describe('planBatch', () => {
  it('plans nothing from nothing', () => {
    expect(planBatch([], PLENTY)).toEqual({ ranges: [], texts: [], events: 0, bytes: 0 });
  });

  it('takes whole segments in their order, their bytes untouched', () => {
    const segments = [segmentOf('lane-aaaa', 1, 2), segmentOf('lane-bbbb', 7, 3)];

    const plan = planBatch(segments, PLENTY);

    expect(plan.ranges).toEqual([
      { lane: 'lane-aaaa', first: 1, count: 2 },
      { lane: 'lane-bbbb', first: 7, count: 3 },
    ]);
    for (const { body } of segments) expect(plan.texts).toContain(body);
    expect(plan.events).toBe(5);
  });

  it('counts the bytes that travel, head lines and non-ASCII contexts included', () => {
    const segments = [
      { ...segmentOf('lane-aaaa', 1, 2), context: '{"title":"Käse ✓"}' },
      segmentOf('lane-bbbb', 7, 3),
    ];

    const plan = planBatch(segments, PLENTY);

    expect(plan.bytes).toBe(encoder.encode(wireOf(plan)).length);
  });

  it.each([
    { delta: -1, taken: 1 },
    { delta: 0, taken: 2 },
    { delta: 1, taken: 2 },
  ])('takes $taken of two segments with $delta bytes more than both need', ({ delta, taken }) => {
    const segments = [segmentOf('lane-aaaa', 1, 2), segmentOf('lane-bbbb', 1, 2)];
    const bytes = segments.reduce((sum, segment) => sum + wireBytesOf(segment), 0);

    const plan = planBatch(segments, { ...PLENTY, maxBytes: bytes + delta });

    expect(plan.ranges).toHaveLength(taken);
  });

  it.each([
    { maxEvents: 3, events: 2 },
    { maxEvents: 4, events: 4 },
    { maxEvents: 5, events: 4 },
  ])(
    'leaves with $events events of two segments of two under a limit of $maxEvents',
    ({ maxEvents, events }) => {
      const segments = [segmentOf('lane-aaaa', 1, 2), segmentOf('lane-bbbb', 1, 2)];

      expect(planBatch(segments, { ...PLENTY, maxEvents }).events).toBe(events);
    },
  );

  it('does not pass over a segment that does not fit for a later one that would', () => {
    const segments = [
      segmentOf('lane-aaaa', 1, 2),
      segmentOf('lane-aaaa', 3, 9),
      segmentOf('lane-aaaa', 12, 1),
    ];

    expect(planBatch(segments, { ...PLENTY, maxEvents: 4 }).events).toBe(2);
  });

  it('cuts a first segment that exceeds the events of a batch', () => {
    const plan = planBatch([segmentOf('lane-aaaa', 11, 9)], { ...PLENTY, maxEvents: 4 });

    expect(plan.ranges).toEqual([{ lane: 'lane-aaaa', first: 11, count: 4 }]);
    expect(wireOf(plan)).toBe(wireOf(planBatch([segmentOf('lane-aaaa', 11, 4)], PLENTY)));
  });

  it.each([
    { delta: -1, count: 3 },
    { delta: 0, count: 4 },
    { delta: 1, count: 4 },
  ])(
    'cuts a first segment to $count lines with $delta bytes more than four need',
    ({ delta, count }) => {
      const maxBytes = wireBytesOf(segmentOf('lane-aaaa', 1, 4)) + delta;

      const plan = planBatch([segmentOf('lane-aaaa', 1, 9)], { ...PLENTY, maxBytes });

      expect(plan.events).toBe(count);
    },
  );

  it('sends one event even where no limit allows it', () => {
    const plan = planBatch([segmentOf('lane-aaaa', 1, 3)], { maxEvents: 1, maxBytes: 1 });

    expect(plan.events).toBe(1);
  });

  it('covers every event once, in order, within the limits, batch after batch', () => {
    const segmentArbitrary = fc.record({
      lane: fc.constantFrom('lane-aaaa', 'lane-bbbb'),
      count: fc.integer({ min: 1, max: 20 }),
      title: fc.string({ unit: 'binary', maxLength: 12 }),
    });
    const limitsArbitrary = fc.record({
      maxEvents: fc.integer({ min: 1, max: 25 }),
      maxBytes: fc.integer({ min: 1, max: 900 }),
    });
    fc.assert(
      fc.property(fc.array(segmentArbitrary, { maxLength: 8 }), limitsArbitrary, (made, limits) => {
        const next = new Map<string, number>();
        let stored: StoredSegment[] = made.map(({ lane, count, title }, index) => {
          const first = next.get(lane) ?? 1;
          next.set(lane, first + count);
          const context = JSON.stringify({ title });
          return { ...segmentOf(lane, first, count), context, id: index + 1 };
        });
        const expected = stored.flatMap(linesOf);
        const sent: string[] = [];

        while (stored.length > 0) {
          const plan = planBatch(stored, limits);
          const payload = `{"sdk":"x"}\n${wireOf(plan)}`;
          const parsed = parsePayload(payload);

          expect(plan.events).toBeGreaterThan(0);
          expect(plan.bytes).toBe(encoder.encode(wireOf(plan)).length);
          expect(
            plan.events === 1 || (plan.events <= limits.maxEvents && plan.bytes <= limits.maxBytes),
          ).toBe(true);
          if (!parsed.ok) throw new Error(parsed.reason);
          expect(parsed.value.segments.map(({ lines }) => lines.length)).toEqual(
            plan.ranges.map(({ count }) => count),
          );
          sent.push(...parsed.value.segments.flatMap(({ lines }) => lines));
          for (const range of plan.ranges) {
            stored = stored.flatMap((segment) => remainderOf(segment, range));
          }
        }

        expect(sent).toEqual(expected);
      }),
      { seed: 5 },
    );
  });
});
