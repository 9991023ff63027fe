import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLedger } from '../../../src/consumer/ledger/ledger.ts';
import { createPromises } from '../../../src/debug/ledger/promises.ts';
import { watchLedger } from '../../../src/debug/ledger/reach.ts';
import { judge } from '../../../src/debug/ledger/verdict.ts';
import { recordOf, shardOf } from '../../helpers/scripted-consumer.ts';

/**
 * A stream that splits, with a relay that gives receipts in any order and stores some events twice, a log that loses some of
 * what it stored, and a reader that takes shard by shard, children after their parent. The model knows the truth.
 */
type Step =
  | {
      readonly kind: 'store';
      readonly lane: number;
      readonly count: number;
      readonly copies: 1 | 2;
    }
  | { readonly kind: 'vanish'; readonly nth: number }
  | { readonly kind: 'receipt'; readonly nth: number }
  | { readonly kind: 'split' }
  | {
      readonly kind: 'read';
      readonly shard: number;
      readonly records: number;
      readonly saysEnd: boolean;
    }
  | { readonly kind: 'declare'; readonly lane: number; readonly count: number };

const LANES = ['lane-aaaaaaaa', 'lane-bbbbbbbb'] as const;
const number = fc.nat({ max: 30 });
const lane = fc.constantFrom(0, 1);
const count = fc.integer({ min: 1, max: 4 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('store' as const),
      lane,
      count,
      copies: fc.constantFrom(1, 2) as fc.Arbitrary<1 | 2>,
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('vanish' as const), nth: number }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('receipt' as const), nth: number }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('split' as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('read' as const),
      shard: number,
      records: count,
      saysEnd: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('declare' as const), lane, count }) },
);

interface Stored {
  readonly lane: string;
  readonly first: number;
  readonly count: number;
  readonly shard: number;
  readonly sequence: string;
  /** What a `drop` event in it declares. */
  readonly declares?: readonly [first: number, count: number];
  isVanished: boolean;
  isPromised: boolean;
}

interface Shard {
  readonly number: number;
  readonly parent: number | undefined;
  readonly log: Stored[];
  isSplit: boolean;
  /** How many of the log the reader has taken. */
  read: number;
  /** Whether the service said that nothing is left, which it may say of what was stored just now. */
  isAtEnd: boolean;
}

function createStream(fromBeginning: boolean, before: number) {
  const shards: Shard[] = [
    { number: 0, parent: undefined, log: [], isSplit: false, read: 0, isAtEnd: false },
  ];
  const all: Stored[] = [];
  const numbers = new Map<string, number>();
  const { ledger, reachOf } = watchLedger(createLedger());
  const promises = createPromises(6);
  let sequence = 95;

  const takeNumbers = (lane: string, count: number): number => {
    const first = (numbers.get(lane) ?? 0) + 1;
    numbers.set(lane, first + count - 1);
    return first;
  };
  const put = (run: Pick<Stored, 'lane' | 'first' | 'count' | 'declares'>): void => {
    const open = shards.filter(({ isSplit }) => !isSplit);
    const shard = open[sequence % open.length] ?? open[0];
    if (!shard) return;
    const entry = {
      ...run,
      ...{
        shard: shard.number,
        sequence: String(sequence++),
        isVanished: false,
        isPromised: false,
      },
    };
    shard.log.push(entry);
    all.push(entry);
  };
  const take = (shard: Shard, count: number): void => {
    const parent = shards.find(({ number }) => number === shard.parent);
    if (parent && (!parent.isSplit || parent.read < parent.log.length)) return;
    for (const entry of shard.log.slice(shard.read, shard.read + count)) {
      shard.read++;
      if (entry.isVanished) continue;
      for (let seq = entry.first; seq < entry.first + entry.count; seq++) {
        const declared = entry.declares && {
          type: 'drop' as const,
          properties: { lane: entry.lane, ranges: [entry.declares], reason: 'queue_full' },
        };
        const at = {
          shardId: shardOf(shard.number, [0, 1]).shardId,
          sequenceNumber: entry.sequence,
        };
        ledger.add(recordOf(entry.lane, seq, declared ?? {}, at));
      }
    }
  };
  const nthOf = <T>(list: readonly T[], nth: number): T | undefined =>
    list[nth % (list.length || 1)];

  const run = (step: Step): void => {
    if (step.kind === 'store') {
      const lane = LANES[step.lane] ?? LANES[0];
      const range = { lane, first: takeNumbers(lane, step.count), count: step.count };
      for (let copy = 0; copy < step.copies; copy++) put(range);
    } else if (step.kind === 'declare') {
      const lane = LANES[step.lane] ?? LANES[0];
      const dropped = takeNumbers(lane, step.count);
      put({ lane, first: takeNumbers(lane, 1), count: 1, declares: [dropped, step.count] });
    } else if (step.kind === 'vanish') {
      const entry = nthOf(
        all.filter((it) => it.declares === undefined),
        step.nth,
      );
      const isRead =
        entry && (shards[entry.shard]?.log.indexOf(entry) ?? 0) < (shards[entry.shard]?.read ?? 0);
      if (entry && !isRead) entry.isVanished = true;
    } else if (step.kind === 'receipt') {
      const entry = nthOf(
        all.filter(({ isPromised }) => !isPromised),
        step.nth,
      );
      if (!entry) return;
      entry.isPromised = true;
      const { lane, first, count, sequence } = entry;
      const shard = shardOf(entry.shard, [0, 1]).shardId;
      promises.add({ lane, first, count, shard, sequence, at: 0 });
    } else if (step.kind === 'split') {
      const parent = shards.find(({ isSplit }) => !isSplit);
      if (!parent || shards.length > 5) return;
      parent.isSplit = true;
      for (let child = 0; child < 2; child++) {
        shards.push({
          number: shards.length,
          parent: parent.number,
          log: [],
          isSplit: false,
          read: 0,
          isAtEnd: false,
        });
      }
    } else {
      const shard = nthOf(shards, step.shard);
      if (!shard) return;
      take(shard, step.records);
      shard.isAtEnd = step.saysEnd;
    }
  };

  // What was there before the reading began, where it begins at the end.
  if (!fromBeginning) {
    for (let index = 0; index < before; index++)
      run({ kind: 'store', lane: 0, count: 1, copies: 1 });
    for (const shard of shards) shard.read = shard.log.length;
  }

  return {
    run,
    finish: () => {
      for (let index = 0; index < all.length; index++) run({ kind: 'receipt', nth: 0 });
      // Something comes last in every shard: only then has everything before it been passed.
      for (const shard of shards)
        if (!shard.isSplit)
          for (const id of LANES) {
            const entry = { lane: id, first: takeNumbers(id, 1), count: 1 };
            const last = {
              ...entry,
              shard: shard.number,
              sequence: String(sequence++),
              isVanished: false,
              isPromised: false,
            };
            shard.log.push(last);
            all.push(last);
          }
      for (let pass = 0; pass < shards.length; pass++)
        for (const shard of shards) take(shard, 1_000);
    },
    verdict: () => {
      promises.settle(ledger.lane);
      return judge({
        totals: ledger.totals(),
        lanes: ledger.lanes(),
        laneOf: ledger.lane,
        reachOf,
        stored: promises.runs(),
        fromBeginning,
        client: undefined,
        shards: shards.map((shard) => {
          const isRead = shard.read === shard.log.length;
          const records = reachOf(shardOf(shard.number, [0, 1]).shardId)?.records ?? 0;
          return shardOf(shard.number, [0, 1], {
            records,
            status:
              shard.isSplit && isRead ? 'closed' : isRead || shard.isAtEnd ? 'live' : 'reading',
          });
        }),
      });
    },
    /** Whether the event is in none of the places that receipts name. */
    isGone: (lane: string, seq: number) =>
      all
        .filter((it) => it.isPromised && it.lane === lane)
        .filter((it) => seq >= it.first && seq < it.first + it.count)
        .every(({ isVanished }) => isVanished),
    promised: () => all.filter(({ isPromised }) => isPromised),
    hasArrived: (lane: string, seq: number) => {
      const account = ledger.lane(lane);
      const isAbsent = account?.gaps.some(
        ({ first, count }) => seq >= first && seq < first + count,
      );
      return account !== undefined && seq <= account.highest && !isAbsent;
    },
    all,
    read: () => shards,
  };
}

type Stream = ReturnType<typeof createStream>;

const numbersOf = ({ first, count }: { readonly first: number; readonly count: number }) =>
  Array.from({ length: count }, (_, index) => first + index);

function check(stream: Stream, fromBeginning: boolean): void {
  const verdict = stream.verdict();
  for (const run of verdict.lost) {
    for (const seq of numbersOf(run)) expect(stream.isGone(run.lane, seq)).toBe(true);
  }
  expect(verdict.tone === 'lost').toBe(verdict.lost.length > 0);
  if (verdict.tone !== 'proven' || !fromBeginning) return;
  for (const run of stream.promised()) {
    for (const seq of numbersOf(run)) expect(stream.hasArrived(run.lane, seq)).toBe(true);
  }
}

describe('the verdict, whatever the order of what happens,', () => {
  it.each([true, false])(
    'is never red on a guess, nor green while a receipt is open (from the beginning: %s)',
    (fromBeginning) => {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 60 }), number, (steps, before) => {
          const stream = createStream(fromBeginning, before);
          for (const each of steps) {
            stream.run(each);
            check(stream, fromBeginning);
          }
        }),
        { numRuns: 1_000 },
      );
    },
  );

  it('finds every loss that receipts tell of, once everything is read', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 24 }), (steps) => {
        const stream = createStream(true, 0);
        // No more receipts than are remembered one by one.
        let stores = 0;
        for (const each of steps) {
          if (each.kind === 'store' || each.kind === 'declare')
            stores += each.kind === 'store' ? each.copies : 1;
          if (stores <= 6) stream.run(each);
        }
        stream.finish();

        const gone = new Set(
          stream.promised().flatMap((run) =>
            numbersOf(run)
              .filter((seq) => stream.isGone(run.lane, seq))
              .map((seq) => `${run.lane}.${seq}`),
          ),
        );
        const verdict = stream.verdict();
        const found = verdict.lost.flatMap((run) =>
          numbersOf(run).map((seq) => `${run.lane}.${seq}`),
        );
        expect(new Set(found)).toEqual(gone);
        expect(verdict.tone).toBe(gone.size > 0 ? 'lost' : 'proven');
      }),
      { numRuns: 1_000 },
    );
  });
});
