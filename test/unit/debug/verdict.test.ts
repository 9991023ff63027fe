import { describe, expect, it } from 'vitest';
import { createLedger } from '../../../src/consumer/ledger/ledger.ts';
import type { ShardState } from '../../../src/consumer/types.ts';
import type { StoredRun } from '../../../src/debug/ledger/promises.ts';
import { type Evidence, judge } from '../../../src/debug/ledger/verdict.ts';
import { recordOf, shardOf } from '../../helpers/scripted-consumer.ts';

const LANE = 'k3f9aL0qXw';
const live = (change: Partial<ShardState> = {}): ShardState => shardOf(0, [0, 1], change);

function evidenceOf(
  seqs: readonly number[],
  { shards = [live()], stored = [], reach, fromBeginning = true, ...rest }: EvidenceParts = {},
): Evidence {
  const ledger = createLedger();
  for (const seq of seqs) ledger.add(recordOf(LANE, seq));
  const [from = '1', to = '1'] = reach ?? [];
  return {
    totals: ledger.totals(),
    lanes: ledger.lanes(),
    laneOf: ledger.lane,
    shards,
    stored,
    reachOf: () => reach && { from, to, records: seqs.length },
    client: undefined,
    fromBeginning,
    ...rest,
  };
}

interface EvidenceParts extends Partial<Evidence> {
  /** Sequence numbers of the first and the last record that the ledger was given. */
  readonly reach?: readonly [from: string, to: string];
}

function storedRun(first: number, count: number, sequence: string): StoredRun {
  return { lane: LANE, first, count, shard: live().shardId, sequence, at: 0 };
}

function clientOf(captured: number, queued: number): NonNullable<Evidence['client']> {
  const queue = { segments: 1, events: queued, bytes: 4_000, inMemory: 0 };
  return { queue, lane: LANE, captured, dropped: 0, rejected: 0 };
}

describe('the verdict', () => {
  it('is silent before the first event', () => {
    expect(judge(evidenceOf([])).tone).toBe('none');
  });

  it('is proven when every number is there and every shard is at its end', () => {
    expect(judge(evidenceOf([1, 2, 3]))).toMatchObject({ tone: 'proven', text: '0 lost of 3' });
  });

  it.each<[string, Partial<ShardState>, string]>([
    ['is not at its end', { status: 'reading' }, '1 shard not at the end'],
    ['has records that nobody took yet', { isDrained: false }, '1 shard not at the end'],
    ['is another consumer’s', { status: 'elsewhere' }, '1 shard read by another consumer'],
    ['is left out on purpose', { status: 'skipped' }, '1 shard not read'],
    ['was trimmed', { loss: 'the stream forgot them' }, '1 shard not read whole'],
  ])('waits while a shard %s', (_, change, reason) => {
    const verdict = judge(evidenceOf([1, 2], { shards: [live(change)] }));

    expect(verdict).toMatchObject({ tone: 'pending', text: `0 missing of 2 · ${reason}` });
  });

  it('waits while shards cannot be listed, of which there may be new ones', () => {
    const verdict = judge(evidenceOf([1, 2], { failure: 'no network' }));

    expect(verdict).toMatchObject({ tone: 'pending', text: '0 missing of 2 · reading fails' });
  });

  it('waits while events are queued on the page', () => {
    const verdict = judge(evidenceOf([1], { client: clientOf(21, 20) }));

    expect(verdict).toMatchObject({ tone: 'pending', text: '0 missing of 1 · 20 queued' });
  });

  it('counts only what waits before the first event was read', () => {
    const verdict = judge(evidenceOf([], { client: clientOf(20, 20) }));

    expect(verdict).toMatchObject({ tone: 'pending', text: '20 queued' });
  });

  it('waits for what another tab sent, of which there is no receipt here', () => {
    const verdict = judge(evidenceOf([1, 2], { client: clientOf(5, 0) }));

    expect(verdict).toMatchObject({ tone: 'pending', text: '0 missing of 2 · 3 on their way' });
  });

  it('waits for the declaration of what the page dropped', () => {
    const verdict = judge(evidenceOf([1, 2], { client: { ...clientOf(5, 0), dropped: 3 } }));

    expect(verdict.text).toBe('0 missing of 2 · 3 dropped, not declared yet');
  });

  it('waits for what is stored and was not read yet', () => {
    const stored = [storedRun(3, 4, '200')];
    const verdict = judge(evidenceOf([1, 2], { stored, reach: ['1', '100'] }));

    expect(verdict).toMatchObject({
      tone: 'pending',
      text: '0 missing of 2 · 4 stored, not read yet',
    });
  });

  it('calls a gap missing, never lost, without a receipt', () => {
    const verdict = judge(evidenceOf([1, 4], { reach: ['1', '900'] }));

    expect(verdict).toMatchObject({ tone: 'pending', text: '2 missing of 4 · may still come' });
  });

  it('counts events beyond the highest that arrived as lost too', () => {
    const stored = [storedRun(2, 3, '500')];
    const verdict = judge(evidenceOf([1], { stored, reach: ['1', '900'] }));

    expect(verdict).toMatchObject({ tone: 'lost', text: '3 lost of 4' });
  });
});

describe('a loss', () => {
  const stored = [storedRun(2, 2, '500')];
  const toneOf = (parts: EvidenceParts) => judge(evidenceOf([1, 4], { stored, ...parts })).tone;

  it('is proven once the ledger was given a later record of the receipt’s shard', () => {
    expect(toneOf({ reach: ['1', '500'] })).toBe('pending');
    expect(judge(evidenceOf([1, 4], { stored, reach: ['1', '501'] }))).toMatchObject({
      tone: 'lost',
      text: '2 lost of 4',
      lost: [{ first: 2, count: 2, receipt: { sequence: '500' } }],
    });
  });

  it('is not proven by what a reader has and the ledger was not given yet', () => {
    const shards = [live({ lastSequenceNumber: '900', isDrained: false })];

    expect(toneOf({ shards, reach: ['1', '400'] })).toBe('pending');
  });

  it('compares sequence numbers as numbers, not as text', () => {
    expect(toneOf({ stored: [storedRun(2, 2, '999')], reach: ['1', '1000'] })).toBe('lost');
    expect(toneOf({ stored: [storedRun(2, 2, '1000')], reach: ['1', '999'] })).toBe('pending');
  });

  it('is proven by the end of the receipt’s shard, once all of it was taken', () => {
    const closed = live({ status: 'closed', records: 2 });

    expect(toneOf({ shards: [closed], reach: ['1', '400'] })).toBe('lost');
    expect(toneOf({ shards: [{ ...closed, records: 3 }], reach: ['1', '400'] })).toBe('pending');
    expect(toneOf({ shards: [{ ...closed, isDrained: false }], reach: ['1', '400'] })).toBe(
      'pending',
    );
  });

  it('is not proven in a shard of which a part was trimmed', () => {
    expect(toneOf({ shards: [live({ loss: 'trimmed' })], reach: ['1', '900'] })).toBe('pending');
  });

  it('is not proven where the reading began behind the receipt', () => {
    expect(toneOf({ fromBeginning: false, reach: ['600', '900'] })).toBe('pending');
    expect(toneOf({ fromBeginning: false, reach: ['400', '900'] })).toBe('lost');
  });

  it('is not proven where checkpoints say that reading began elsewhere', () => {
    const shards = [live({ checkpoint: { sequenceNumber: '700', subSequenceNumber: 0 } })];

    expect(toneOf({ shards, reach: ['600', '900'] })).toBe('pending');
  });

  it('is not proven while a second receipt of the same event is not read past', () => {
    const twice = [...stored, storedRun(2, 2, '950')];

    expect(toneOf({ stored: twice, reach: ['1', '900'] })).toBe('pending');
    expect(toneOf({ stored: twice, reach: ['1', '951'] })).toBe('lost');
  });

  it('counts an event once, however many receipts it has', () => {
    const twice = [storedRun(2, 2, '500'), storedRun(1, 3, '510')];

    expect(judge(evidenceOf([1, 4], { stored: twice, reach: ['1', '900'] })).text).toBe(
      '2 lost of 4',
    );
  });

  it('is amber once it is acknowledged, and red again when there is more', () => {
    const acknowledged = [{ lane: LANE, first: 2, count: 2 }];
    const evidence = evidenceOf([1, 4], { stored, acknowledged, reach: ['1', '900'] });
    const more = { ...evidence, stored: [...stored, storedRun(5, 1, '600')] };

    expect(judge(evidence)).toMatchObject({
      tone: 'pending',
      text: '2 lost, acknowledged · 0 missing of 2',
      lost: [],
    });
    expect(judge(more)).toMatchObject({ tone: 'lost', text: '1 lost of 5' });
  });
});

describe('a stream that is not read from its beginning', () => {
  it('is not blamed for what a lane had before', () => {
    const evidence = evidenceOf([41, 42], { fromBeginning: false });

    expect(judge(evidence)).toMatchObject({ tone: 'proven', text: '0 lost of 2' });
    expect(judge({ ...evidence, fromBeginning: true }).tone).toBe('pending');
  });

  it('still misses what is absent between two records', () => {
    const evidence = evidenceOf([41, 44], { fromBeginning: false });

    expect(judge(evidence).text).toBe('2 missing of 4 · may still come');
  });
});
