/** What every log does, whatever it is made of. */

import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { LaneRange } from '../../src/protocol/event.ts';
import type { ReadLimits, Segment, SegmentLog } from '../../src/queue/types.ts';

export const EVERYTHING: ReadLimits = { maxEvents: 1e9, maxBytes: 1e9 };

/** A segment whose lines name their own lane and number, so that a test sees which events it reads. */
export function segmentOf(lane: string, first: number, count: number, createdAt = 1): Segment {
  const lines = Array.from({ length: count }, (_, index) => `{"e":"${lane}.${first + index} é"}`);
  return {
    lane,
    first,
    count,
    createdAt,
    context: `{"lane":"${lane}"}`,
    body: new TextEncoder().encode(lines.join('\n')),
  };
}

export function linesOf({ body }: Segment): string[] {
  return new TextDecoder().decode(body).split('\n');
}

/** Every event of the log as `<lane>.<seq>`, in order, from the lines themselves. */
export async function eventsOf(log: SegmentLog): Promise<string[]> {
  const segments = await log.read(EVERYTHING);
  return segments.flatMap(linesOf).map((line) => line.slice('{"e":"'.length, -' é"}'.length));
}

function eventsIn({ lane, first, count }: LaneRange): string[] {
  return Array.from({ length: count }, (_, index) => `${lane}.${first + index}`);
}

function bytesOf({ body, context }: Segment): number {
  return body.length + context.length;
}

/** Runs the suite. `create` gives an empty log each time. */
export function testSegmentLog(name: string, create: () => SegmentLog): void {
  describe(`the segment log contract: ${name}`, () => {
    const logs: SegmentLog[] = [];
    const open = (): SegmentLog => {
      const log = create();
      logs.push(log);
      return log;
    };
    afterEach(() => {
      for (const log of logs.splice(0)) log.close();
    });

    it('reads segments in the order of their writing, as they were written', async () => {
      const log = open();
      const written = [
        segmentOf('lane-bbbb', 1, 2),
        segmentOf('lane-aaaa', 1, 1),
        segmentOf('lane-bbbb', 3, 1),
      ];

      void log.append(written.slice(0, 2));
      await log.append(written.slice(2));
      const stored = await log.read(EVERYTHING);

      expect(stored.map(({ id, ...segment }) => segment)).toEqual(written);
      const ids = stored.map(({ id }) => id);
      expect(ids).toEqual(ids.toSorted((a, b) => a - b));
      expect(new Set(ids).size).toBe(3);
    });

    it('keeps what was appended, whatever the caller does with the array afterwards', async () => {
      const log = open();
      const segments = [segmentOf('lane-aaaa', 1, 2)];

      const appended = log.append(segments);
      segments.length = 0;
      await appended;

      expect(await eventsOf(log)).toEqual(['lane-aaaa.1', 'lane-aaaa.2']);
    });

    it('reads nothing from an empty log', async () => {
      expect(await open().read(EVERYTHING)).toEqual([]);
    });

    it.each([
      { maxEvents: 5, expected: 2 },
      { maxEvents: 6, expected: 3 },
      { maxEvents: 7, expected: 3 },
    ])(
      'reads $expected segments of two events within $maxEvents events',
      async ({ maxEvents, expected }) => {
        const log = open();
        await log.append([1, 3, 5, 7].map((first) => segmentOf('lane-aaaa', first, 2)));

        const head = await log.read({ maxEvents, maxBytes: 1e9 });

        expect(head).toHaveLength(expected);
      },
    );

    it('reads up to the byte limit and not beyond', async () => {
      const log = open();
      const segments = [1, 3, 5].map((first) => segmentOf('lane-aaaa', first, 2));
      const two = bytesOf(segments[0] as Segment) + bytesOf(segments[1] as Segment);
      await log.append(segments);

      const below = await log.read({ maxEvents: 1e9, maxBytes: two - 1 });
      const exact = await log.read({ maxEvents: 1e9, maxBytes: two });

      expect([below.length, exact.length]).toEqual([1, 2]);
    });

    it('reads one segment even where it exceeds both limits', async () => {
      const log = open();
      await log.append([segmentOf('lane-aaaa', 1, 9), segmentOf('lane-aaaa', 10, 1)]);

      expect(await log.read({ maxEvents: 1, maxBytes: 1 })).toHaveLength(1);
    });

    it('deletes the events of a range and no others', async () => {
      const log = open();
      await log.append([
        segmentOf('lane-aaaa', 1, 3),
        segmentOf('lane-bbbb', 1, 3),
        segmentOf('lane-aaaa', 4, 3),
      ]);

      await log.settle([{ lane: 'lane-aaaa', first: 1, count: 6 }]);

      expect(await eventsOf(log)).toEqual(eventsIn({ lane: 'lane-bbbb', first: 1, count: 3 }));
    });

    it('keeps both sides of a segment that is covered in its middle, in its place', async () => {
      const log = open();
      await log.append([
        segmentOf('lane-aaaa', 1, 5, 10),
        segmentOf('lane-bbbb', 1, 1, 20),
        segmentOf('lane-aaaa', 6, 1, 30),
      ]);

      await log.settle([{ lane: 'lane-aaaa', first: 3, count: 1 }]);
      const stored = await log.read(EVERYTHING);

      expect(stored.map(({ lane, first, count }) => [lane, first, count])).toEqual([
        ['lane-aaaa', 1, 2],
        ['lane-aaaa', 4, 2],
        ['lane-bbbb', 1, 1],
        ['lane-aaaa', 6, 1],
      ]);
      expect(stored[1]).toMatchObject({ createdAt: 10, context: '{"lane":"lane-aaaa"}' });
      expect(linesOf(stored[1] as Segment)).toEqual(linesOf(segmentOf('lane-aaaa', 4, 2)));
    });

    it('keeps nothing but the rest of a buffer that was cut', async () => {
      const log = open();
      await log.append([segmentOf('lane-aaaa', 1, 50)]);

      await log.settle([{ lane: 'lane-aaaa', first: 1, count: 49 }]);
      const [rest] = await log.read(EVERYTHING);

      expect(rest?.body.buffer.byteLength).toBe(rest?.body.length);
    });

    it('settles what is not there without a complaint', async () => {
      const log = open();
      await log.append([segmentOf('lane-aaaa', 5, 2)]);
      const ranges = [
        { lane: 'lane-zzzz', first: 1, count: 9 },
        { lane: 'lane-aaaa', first: 1, count: 4 },
        { lane: 'lane-aaaa', first: 7, count: 3 },
      ];

      await log.settle(ranges);
      await log.settle([]);

      expect(await eventsOf(log)).toEqual(['lane-aaaa.5', 'lane-aaaa.6']);
    });

    it('counts segments, events and bytes, and knows the oldest', async () => {
      const log = open();
      const segments = [segmentOf('lane-aaaa', 1, 2, 70), segmentOf('lane-aaaa', 3, 4, 80)];

      const empty = await log.stats();
      await log.append(segments);
      const full = await log.stats();
      await log.settle([{ lane: 'lane-aaaa', first: 1, count: 3 }]);
      const rest = await log.stats();
      await log.settle([{ lane: 'lane-aaaa', first: 1, count: 6 }]);
      const emptied = await log.stats();

      const nothing = { segments: 0, events: 0, bytes: 0, oldestAt: undefined };
      expect(empty).toEqual(nothing);
      expect(full).toEqual({
        segments: 2,
        events: 6,
        bytes: segments.reduce((sum, segment) => sum + bytesOf(segment), 0),
        oldestAt: 70,
      });
      expect(rest).toEqual({
        segments: 1,
        events: 3,
        bytes: bytesOf(segmentOf('lane-aaaa', 4, 3)),
        oldestAt: 80,
      });
      expect(emptied).toEqual(nothing);
    });

    it('keeps small values beside the events', async () => {
      const log = open();

      await log.setValue('session', { token: 'a', expires: 1 });
      await log.setValue('session', { token: 'b', expires: 2 });

      expect(await log.getValue('session')).toEqual({ token: 'b', expires: 2 });
      expect(await log.getValue('other')).toBeUndefined();
      expect((await log.stats()).segments).toBe(0);
    });

    it('gives what a plain list of events gives, after any sequence of calls', async () => {
      const lanes = ['lane-aaaa', 'lane-bbbb', 'lane-cccc'] as const;
      const lane = fc.constantFrom(...lanes);
      const range = fc.record({
        lane,
        first: fc.integer({ min: 1, max: 40 }),
        count: fc.integer({ min: 1, max: 12 }),
      });
      const call = fc.oneof(
        {
          weight: 3,
          arbitrary: fc.record({
            append: fc.array(fc.record({ lane, count: fc.integer({ min: 1, max: 8 }) }), {
              maxLength: 3,
            }),
          }),
        },
        { weight: 3, arbitrary: fc.record({ settle: fc.array(range, { maxLength: 4 }) }) },
        { weight: 1, arbitrary: fc.constant('stats' as const) },
      );
      await fc.assert(
        fc.asyncProperty(fc.array(call, { maxLength: 14 }), async (calls) => {
          const log = create();
          const next = new Map<string, number>(lanes.map((name) => [name, 1]));
          let model: string[] = [];

          for (const step of calls) {
            if (step === 'stats') {
              expect((await log.stats()).events).toBe(model.length);
            } else if ('append' in step) {
              const segments = step.append.map(({ lane, count }) => {
                const first = next.get(lane) as number;
                next.set(lane, first + count);
                return segmentOf(lane, first, count);
              });
              model.push(...segments.flatMap(eventsIn));
              await log.append(segments);
            } else {
              const gone = new Set(step.settle.flatMap(eventsIn));
              model = model.filter((event) => !gone.has(event));
              await log.settle(step.settle);
            }
          }

          expect(await eventsOf(log)).toEqual(model);
          const stored = await log.read(EVERYTHING);
          expect(stored.flatMap(eventsIn)).toEqual(model);
          expect(await log.stats()).toEqual({
            segments: stored.length,
            events: model.length,
            bytes: stored.reduce((sum, segment) => sum + bytesOf(segment), 0),
            oldestAt: stored[0]?.createdAt,
          });
          log.close();
        }),
        { numRuns: 60, seed: 7 },
      );
    });
  });
}
