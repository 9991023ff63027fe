import { describe, expect, it } from 'vitest';
import { createLedger } from '../../../src/consumer/ledger/ledger.ts';
import type { ShardState } from '../../../src/consumer/types.ts';
import { judge, outstandingRuns, type StoredRun } from '../../../src/debug/ledger/verdict.ts';
import { recordOf, shardOf } from '../../helpers/scripted-consumer.ts';

const LANE = 'k3f9aL0qXw';
const live = (lastSequenceNumber?: string): ShardState =>
  shardOf(0, [0, 1], { lastReadAt: 1, lastSequenceNumber });

function evidenceOf(
  seqs: readonly number[],
  shards: readonly ShardState[],
  stored: readonly StoredRun[] = [],
) {
  const ledger = createLedger();
  for (const seq of seqs) ledger.add(recordOf(LANE, seq));
  return {
    totals: ledger.totals(),
    lanes: ledger.lanes(),
    shards,
    stored,
    client: undefined,
    fromBeginning: true,
  };
}

function storedRun(first: number, count: number, sequence: string, watched = true): StoredRun {
  return { lane: LANE, first, count, shard: live().shardId, sequence, watched };
}

describe('the verdict', () => {
  it('is silent before the first event', () => {
    expect(judge(evidenceOf([], [live()])).tone).toBe('none');
  });

  it('is proven when every number is there and every shard is at its end', () => {
    expect(judge(evidenceOf([1, 2, 3], [live()]))).toEqual({
      tone: 'proven',
      text: '0 missing of 3',
    });
  });

  it('waits while a shard is not at its end', () => {
    const verdict = judge(evidenceOf([1, 2], [{ ...live(), status: 'reading' }]));

    expect(verdict).toEqual({ tone: 'pending', text: '0 missing of 2 · 1 shard not at the end' });
  });

  it('waits while events are queued on the page', () => {
    const queue = { segments: 1, events: 20, bytes: 4_000, inMemory: 0 };
    const verdict = judge({
      ...evidenceOf([1], [live()]),
      client: { queue, lane: LANE, captured: 21 },
    });

    expect(verdict).toEqual({ tone: 'pending', text: '0 missing of 1 · 20 queued' });
  });

  it('counts only what waits before the first event was read', () => {
    const queue = { segments: 1, events: 20, bytes: 4_000, inMemory: 0 };
    const verdict = judge({
      ...evidenceOf([], [live()]),
      client: { queue, lane: LANE, captured: 20 },
    });

    expect(verdict).toEqual({ tone: 'pending', text: '20 queued' });
  });

  it('waits for what is stored and was not read yet', () => {
    const verdict = judge(evidenceOf([1, 2], [live('100')], [storedRun(3, 4, '200')]));

    expect(verdict).toEqual({ tone: 'pending', text: '0 missing of 2 · 4 stored, not read yet' });
  });

  it('calls a gap missing, never lost, without a receipt', () => {
    const verdict = judge(evidenceOf([1, 4], [live('900')]));

    expect(verdict).toEqual({ tone: 'pending', text: '2 missing of 4 · may still come' });
  });

  it('calls a gap lost once its shard was read past the receipt', () => {
    const evidence = (read: string) => evidenceOf([1, 4], [live(read)], [storedRun(2, 2, '500')]);

    expect(judge(evidence('500')).tone).toBe('pending');
    expect(judge(evidence('501'))).toEqual({ tone: 'lost', text: '2 lost of 4' });
  });

  it('compares sequence numbers as numbers, not as text', () => {
    expect(judge(evidenceOf([1, 4], [live('1000')], [storedRun(2, 2, '999')])).tone).toBe('lost');
    expect(judge(evidenceOf([1, 4], [live('999')], [storedRun(2, 2, '1000')])).tone).toBe(
      'pending',
    );
  });

  it('proves no loss by a shard that was not read when the event was stored', () => {
    const verdict = judge(evidenceOf([1, 4], [live('900')], [storedRun(2, 2, '500', false)]));

    expect(verdict.tone).toBe('pending');
  });

  it('counts events beyond the highest that arrived as lost too', () => {
    const verdict = judge(evidenceOf([1], [live('900')], [storedRun(2, 3, '500')]));

    expect(verdict).toEqual({ tone: 'lost', text: '3 lost of 4' });
  });
});

describe('a stream that is not read from its beginning', () => {
  it('is not blamed for what a lane had before', () => {
    const evidence = { ...evidenceOf([41, 42], [live()]), fromBeginning: false };

    expect(judge(evidence)).toEqual({ tone: 'proven', text: '0 missing of 2' });
    expect(judge({ ...evidence, fromBeginning: true }).tone).toBe('pending');
  });

  it('still misses what is absent between two records', () => {
    const evidence = { ...evidenceOf([41, 44], [live()]), fromBeginning: false };

    expect(judge(evidence).text).toBe('2 missing of 4 · may still come');
  });
});

describe('runs on their way', () => {
  it('are forgotten when all of them arrived', () => {
    const { lanes } = evidenceOf([1, 2, 3, 5], []);
    const runs = [storedRun(1, 3, '1'), storedRun(4, 2, '2'), storedRun(6, 1, '3')];

    expect(outstandingRuns(runs, lanes).map(({ first }) => first)).toEqual([4, 6]);
  });
});
