import { describe, expect, it } from 'vitest';
import { createLedger } from '../../../src/consumer/ledger/ledger.ts';
import type { StoredRun } from '../../../src/debug/ledger/promises.ts';
import { createProof, type LossAlarm } from '../../../src/debug/ledger/proof.ts';
import { proofText } from '../../../src/debug/ledger/proof-text.ts';
import { isAfter, watchLedger } from '../../../src/debug/ledger/reach.ts';
import { recordOf, shardOf } from '../../helpers/scripted-consumer.ts';

const LANE = 'k3f9aL0qXw';
const shards = [shardOf(4, [0, 1])];
const shardId = 'shardId-000000000004';
const record = (seq: number, sequenceNumber: string) =>
  recordOf(LANE, seq, {}, { shardId, sequenceNumber });

function world(...seqs: readonly number[]) {
  const { ledger, reachOf } = watchLedger(createLedger());
  for (const seq of seqs) ledger.add(record(seq, String(100 + seq)));
  const alarms: LossAlarm[] = [];
  const element = {
    dispatchEvent: (event: Event) => alarms.push((event as CustomEvent<LossAlarm>).detail) > 0,
  };
  const proof = createProof(element);
  const judge = (...stored: readonly StoredRun[]) =>
    proof.judge({
      totals: ledger.totals(),
      lanes: ledger.lanes(),
      laneOf: ledger.lane,
      ...{ shards, reachOf, stored, fromBeginning: true, client: undefined },
    });
  return { ledger, reachOf, proof, judge, alarms };
}

const promise = (first: number, count: number): StoredRun => ({
  ...{ lane: LANE, first, count, shard: shardId, sequence: String(100 + first), at: 0 },
});

describe('an alarm', () => {
  it('is given once for each loss that is new, with all that is lost', async () => {
    const { judge, alarms } = world(1, 4, 9);

    judge(promise(2, 2));
    judge(promise(2, 2));
    await Promise.resolve();
    expect(alarms.map(({ lost }) => lost)).toEqual([2]);

    judge(promise(2, 2), promise(5, 1));
    await Promise.resolve();
    expect(alarms.map(({ lost }) => lost)).toEqual([2, 3]);
    expect(alarms.at(-1)?.runs).toMatchObject([
      { first: 2, count: 2 },
      { first: 5, count: 1 },
    ]);
  });
});

describe('a loss that was acknowledged', () => {
  it('stays so when it is lost as a part of a longer run, whose rest is new', () => {
    const { proof, judge } = world(1, 9);

    judge(promise(2, 2));
    proof.acknowledge();
    expect(judge(promise(2, 2))).toMatchObject({ tone: 'pending', acknowledged: 2 });

    const more = [promise(2, 4)];
    expect(judge(...more)).toMatchObject({ tone: 'lost', text: expect.stringMatching(/^2 lost/) });
    proof.acknowledge();
    expect(judge(...more)).toMatchObject({ tone: 'pending', acknowledged: 4 });
  });

  it('is red again in another reading', () => {
    const { proof, judge } = world(1, 9);

    judge(promise(2, 2));
    proof.acknowledge();
    proof.reset();

    expect(judge(promise(2, 2)).tone).toBe('lost');
  });
});

describe('the reach of a ledger', () => {
  it('goes from the first record of each shard that it was given to the last', () => {
    const { reachOf } = world(1, 2, 3);

    expect(reachOf(shardId)).toEqual({ from: '101', to: '103', records: 3 });
    expect(reachOf('another')).toBeUndefined();
  });

  it('compares sequence numbers of any length', () => {
    expect(isAfter('1000', '999')).toBe(true);
    expect(isAfter('999', '1000')).toBe(false);
    expect(isAfter('101', '100')).toBe(true);
    expect(isAfter('100', '100')).toBe(false);
  });
});

describe('the proof as text', () => {
  it('says when, which stream, how many, and up to where each shard was read', () => {
    const { ledger, reachOf, judge } = world(1, 2);
    const text = proofText({
      now: Date.parse('2026-11-21T21:20:04.500Z'),
      stream: 'clickstream',
      fromBeginning: true,
      verdict: judge(),
      ...{ ledger, shards, reachOf },
    });

    expect(text).toMatch(
      /^2026-11-21T21:20:04\.500Z, stream clickstream: 0 lost of 2 \(proven\), read from its beginning, shard 4 to 102\. Complete up to .*2 events of 1 lane arrived, 0 left out on purpose, none missing\.$/,
    );
  });
});
