/** What every log does, whatever it is made of. */

import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { takeLease } from '../../src/client/lease.ts';
import type { LaneRange } from '../../src/protocol/event.ts';
import type { LogBounds, ReadLimits, Segment, SegmentLog } from '../../src/queue/types.ts';

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

/** Runs the suite. `create` gives an empty log each time; a sealed one has bytes of its own, and cuts none. */
export function testSegmentLog(name: string, create: () => SegmentLog, isSealed = false): void {
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

    it.skipIf(isSealed)('reads up to the byte limit and not beyond', async () => {
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

    it('settles neighbours and leaves what was cut between them', async () => {
      const log = open();
      await log.append([
        segmentOf('lane-aaaa', 1, 4),
        segmentOf('lane-aaaa', 5, 4),
        segmentOf('lane-bbbb', 1, 2),
        segmentOf('lane-aaaa', 9, 4),
      ]);

      await log.settle([{ lane: 'lane-aaaa', first: 2, count: 1 }]);
      await log.settle([
        { lane: 'lane-aaaa', first: 1, count: 1 },
        { lane: 'lane-aaaa', first: 9, count: 3 },
        { lane: 'lane-aaaa', first: 5, count: 4 },
      ]);

      expect(await eventsOf(log)).toEqual([
        ...eventsIn({ lane: 'lane-aaaa', first: 3, count: 2 }),
        ...eventsIn({ lane: 'lane-bbbb', first: 1, count: 2 }),
        ...eventsIn({ lane: 'lane-aaaa', first: 12, count: 1 }),
      ]);
      expect(await log.stats()).toMatchObject({ segments: 3, events: 5 });
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

    it.skipIf(isSealed)('counts segments, events and bytes, and knows the oldest', async () => {
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
      expect(empty).toMatchObject(nothing);
      expect(full).toMatchObject({
        segments: 2,
        events: 6,
        bytes: segments.reduce((sum, segment) => sum + bytesOf(segment), 0),
        oldestAt: 70,
      });
      expect(rest).toMatchObject({
        segments: 1,
        events: 3,
        bytes: bytesOf(segmentOf('lane-aaaa', 4, 3)),
        oldestAt: 80,
      });
      expect(emptied).toMatchObject(nothing);
    });

    it('keeps small values beside the events', async () => {
      const log = open();

      await log.exchange('session', () => ({ token: 'a', expires: 1 }));
      await log.exchange('session', () => ({ token: 'b', expires: 2 }));

      expect(await log.exchange('session', (kept) => kept)).toEqual({ token: 'b', expires: 2 });
      expect(await log.exchange('other', (kept) => kept)).toBeUndefined();
      expect((await log.stats()).segments).toBe(0);
    });

    it('stores a value unless there is one, and answers with the one that is there', async () => {
      const log = open();

      const answers = await Promise.all([
        log.exchange('key', (kept) => kept ?? 'a'),
        log.exchange('key', (kept) => kept ?? 'b'),
      ]);

      expect(answers).toEqual(['a', 'a']);
      expect(await log.exchange('key', (kept) => kept)).toBe('a');
    });

    it('leases to one owner at a time, who may renew and give back', async () => {
      const log = open();

      expect(await takeLease(log, 'left', 1000, 2000)).toBe(true);
      expect(await takeLease(log, 'right', 1999, 2999)).toBe(false);
      expect(await takeLease(log, 'left', 1999, 2999)).toBe(true);
      expect(await takeLease(log, 'right', 2000, 3000)).toBe(false);
      expect(await takeLease(log, 'right', 2999, 3999)).toBe(true);
      expect(await takeLease(log, 'right', 3000, 0)).toBe(true);
      expect(await takeLease(log, 'left', 3000, 4000)).toBe(true);
    });

    it('leaves a lease to its owner, though another tab read its clock a little earlier', async () => {
      const log = open();
      await takeLease(log, 'left', 1000, 2000);

      expect(await takeLease(log, 'right', 990, 1990)).toBe(false);
    });

    it('does not believe a lease that began in the future: the clock was set back', async () => {
      const log = open();
      await takeLease(log, 'left', 900_000, 920_000);

      expect(await takeLease(log, 'right', 1000, 2000)).toBe(true);
    });

    it('keeps of the settled events those that were rejected, to be looked at', async () => {
      const log = open();
      await log.append([segmentOf('lane-aaaa', 1, 4), segmentOf('lane-bbbb', 1, 2)]);
      const why = { code: 'not_an_event', reason: 'no name', at: 50 } as const;

      await log.settle(
        [
          { lane: 'lane-aaaa', first: 1, count: 3 },
          { lane: 'lane-bbbb', first: 1, count: 1 },
        ],
        [
          { lane: 'lane-aaaa', first: 3, count: 9, ...why },
          { lane: 'lane-bbbb', first: 1, count: 1, ...why, at: 40 },
        ],
      );
      const rejected = await log.rejected();

      expect(await eventsOf(log)).toEqual(['lane-aaaa.4', 'lane-bbbb.2']);
      expect(rejected).toMatchObject([
        { lane: 'lane-bbbb', first: 1, count: 1, at: 40, context: '{"lane":"lane-bbbb"}' },
        { lane: 'lane-aaaa', first: 3, count: 1, ...why },
      ]);
      expect(linesOf(rejected[1] as never)).toEqual(linesOf(segmentOf('lane-aaaa', 3, 1)));
      expect((await log.stats()).events).toBe(2);
    });

    it('keeps nothing as rejected that is not there, or that is not settled', async () => {
      const log = open();
      await log.append([segmentOf('lane-aaaa', 1, 2)]);
      const why = { code: 'not_an_event', reason: 'no name', at: 50 } as const;

      await log.settle(
        [{ lane: 'lane-zzzz', first: 1, count: 2 }],
        [
          { lane: 'lane-aaaa', first: 1, count: 1, ...why },
          { lane: 'lane-zzzz', first: 1, count: 2, ...why },
        ],
      );

      expect(await log.rejected()).toEqual([]);
    });

    it.each([499, 500, 501])('keeps at most 500 rejected events, of %i', async (events) => {
      const log = open();
      const why = { code: 'not_an_event', reason: 'no name' } as const;
      await log.append([segmentOf('lane-aaaa', 1, events - 2), segmentOf('lane-bbbb', 1, 2)]);
      const [old, fresh] = [
        { lane: 'lane-aaaa', first: 1, count: events - 2 },
        { lane: 'lane-bbbb', first: 1, count: 2 },
      ] as const;

      await log.settle([old], [{ ...old, ...why, at: 1 }]);
      await log.settle([fresh], [{ ...fresh, ...why, at: 2 }]);
      const rejected = await log.rejected();

      expect(rejected.flatMap(eventsIn)).toEqual(
        [...eventsIn(old), ...eventsIn(fresh)].slice(-500),
      );
      expect(linesOf(rejected[0] as never)[0]).toContain(rejected[0]?.first);
    });

    it.skipIf(isSealed)(
      'does not cut ciphertext: what is settled before the rest is counted',
      async () => {
        const log = open();
        const sealed = { ...segmentOf('lane-aaaa', 1, 5), context: '', sealedBefore: 0 };
        const why = { code: 'not_an_event', reason: 'no name', at: 50 } as const;
        await log.append([sealed]);

        await log.settle(
          [{ lane: 'lane-aaaa', first: 1, count: 1 }],
          [{ lane: 'lane-aaaa', first: 1, count: 1, ...why }],
        );
        await log.settle([{ lane: 'lane-aaaa', first: 3, count: 1 }]);

        const { body } = sealed;
        expect(await log.read(EVERYTHING)).toMatchObject([
          { first: 2, count: 1, sealedBefore: 1, body },
          { first: 4, count: 2, sealedBefore: 3, body },
        ]);
        expect(await log.rejected()).toMatchObject([{ first: 1, count: 1, sealedBefore: 0, body }]);
      },
    );

    it('forgets everything when it is cleared, and says how much was queued', async () => {
      const log = open();
      await log.append([segmentOf('lane-aaaa', 1, 20), segmentOf('lane-aaaa', 21, 1)]);
      const range = { lane: 'lane-aaaa', first: 1, count: 2 };
      await log.settle([range], [{ ...range, code: 'not_an_event', reason: '', at: 1 }]);
      await log.exchange('session', () => 'kept');

      expect(await log.clear()).toBe(19);

      expect(await log.read(EVERYTHING)).toEqual([]);
      expect(await log.rejected()).toEqual([]);
      expect(await log.exchange('session', (kept) => kept)).toBeUndefined();
      expect(await log.stats()).toMatchObject({ segments: 0, events: 0, bytes: 0 });
      await log.append([segmentOf('lane-aaaa', 22, 1)]);
      expect(await eventsOf(log)).toEqual(['lane-aaaa.22']);
    });

    describe('surplus', () => {
      const DAY = 86_400_000;
      const NOW = Date.UTC(2026, 10, 20);
      const none: LogBounds = { maxEvents: 1e9, maxBytes: 1e9, policy: 'drop-oldest' };
      /** Twenty segments of five events: every fourth is `low`, and the one after it `high`. */
      const mixed = (): Segment[] =>
        Array.from({ length: 20 }, (_, index) => {
          const segment = segmentOf('lane-aaaa', index * 5 + 1, 5, NOW + index);
          if (index % 4 === 0) return { ...segment, priority: 'low' };
          return index % 4 === 1 ? { ...segment, priority: 'high' } : segment;
        });
      const firsts = (runs: readonly LaneRange[]): number[] => runs.map(({ first }) => first);

      it('is empty within the bounds, and beyond them when a tenth is free', async () => {
        const log = open();
        await log.append(mixed());

        expect(await log.surplus(none)).toEqual([]);
        expect(await log.surplus({ ...none, maxEvents: 100 })).toEqual([]);
        const surplus = await log.surplus({ ...none, maxEvents: 99 });

        expect(surplus.reduce((sum, { count }) => sum + count, 0)).toBe(15);
        expect((await log.stats()).events).toBe(100);
        await log.settle(surplus);
        expect(await log.surplus({ ...none, maxEvents: 99 })).toEqual([]);
      });

      it('counts bytes as well', async () => {
        const log = open();
        await log.append(mixed());
        const { bytes } = await log.stats();

        expect(await log.surplus({ ...none, maxBytes: bytes })).toEqual([]);
        await log.settle(await log.surplus({ ...none, maxBytes: bytes - 1 }));

        expect((await log.stats()).bytes).toBeLessThanOrEqual((bytes - 1) * 0.9);
        expect((await log.stats()).bytes).toBeGreaterThan((bytes - 1) * 0.8);
      });

      it.each([
        ['drop-oldest', [1, 21, 41]],
        ['drop-newest', [41, 61, 81]],
      ] as const)('gives up low ones first, %s', async (policy, expected) => {
        const log = open();
        await log.append(mixed());

        const surplus = await log.surplus({ ...none, maxEvents: 95, policy });

        expect(firsts(surplus)).toEqual(expected);
        expect(surplus.every(({ reason }) => reason === 'queue_full')).toBe(true);
      });

      it('gives up high ones when nothing else is left, and joins what touches', async () => {
        const log = open();
        await log.append(mixed());

        const surplus = await log.surplus({ ...none, maxEvents: 12 });

        // High are 6–10, 26–30, 46–50, 66–70 and 86–90: the newest two stay.
        const reason = 'queue_full';
        expect(surplus).toEqual([
          { lane: 'lane-aaaa', first: 1, count: 65, reason },
          { lane: 'lane-aaaa', first: 71, count: 15, reason },
          { lane: 'lane-aaaa', first: 91, count: 10, reason },
        ]);
      });

      it('gives up what is too old first, and then what is too much of the rest', async () => {
        const log = open();
        await log.append([
          { ...segmentOf('lane-high', 1, 10, NOW - 9 * DAY), priority: 'high' },
          segmentOf('lane-none', 1, 10, 12_345),
          ...mixed(),
        ]);
        const bounds = { ...none, createdSince: NOW - 7 * DAY };

        const old = { lane: 'lane-high', first: 1, count: 10, reason: 'too_old' };
        expect(await log.surplus(bounds)).toEqual([old]);
        expect(await log.surplus({ ...bounds, maxEvents: 110 })).toEqual([old]);
        expect((await log.surplus({ ...bounds, maxEvents: 109 })).at(0)).toEqual(old);
        expect(await log.surplus({ ...bounds, maxEvents: 109 })).toHaveLength(4);
      });

      it('finds what is too old behind what was written by a clock that was never set', async () => {
        const log = open();
        await log.append([
          ...Array.from({ length: 40 }, (_, index) => segmentOf('lane-none', index + 1, 1, 9)),
          ...Array.from({ length: 40 }, (_, index) =>
            segmentOf('lane-old-', index + 1, 1, NOW - 9),
          ),
          segmentOf('lane-new-', 1, 1, NOW),
        ]);

        expect(await log.surplus({ ...none, createdSince: NOW })).toEqual([
          { lane: 'lane-old-', first: 1, count: 40, reason: 'too_old' },
        ]);
      });
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
          expect(await log.stats()).toMatchObject({
            segments: stored.length,
            events: model.length,
            ...(!isSealed && {
              bytes: stored.reduce((sum, segment) => sum + bytesOf(segment), 0),
            }),
            oldestAt: stored[0]?.createdAt,
          });
          log.close();
        }),
        { numRuns: 60, seed: 7 },
      );
    });
  });
}
