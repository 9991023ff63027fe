import { describe, expect, it } from 'vitest';
import { createLedger } from '../../../src/consumer/ledger/ledger.ts';
import { createModel } from '../../../src/debug/reading/model.ts';
import type { Row } from '../../../src/debug/reading/rows.ts';
import { recordOf } from '../../helpers/scripted-consumer.ts';

const LANE = 'k3f9aL0qXw';

/** All that waits for its place is in it. */
function settle(model: ReturnType<typeof createModel>): void {
  model.settle(Number.POSITIVE_INFINITY);
}

function rowsOf(model: ReturnType<typeof createModel>): Row[] {
  settle(model);
  const rows: Row[] = [];
  for (let at = model.rows.first(); at < model.rows.end(); at++) {
    const row = model.rows.at(at);
    if (row) rows.push(row);
  }
  return rows;
}

describe('the window', () => {
  it('keeps every row up to its bound and loses the oldest beyond it', () => {
    const model = createModel({ ledger: createLedger(), maxRows: 3 });

    for (const seq of [1, 2, 3]) model.add(recordOf(LANE, seq));
    settle(model);
    const before = model.rows.first();
    model.add(recordOf(LANE, 4));
    settle(model);

    expect(before).toBe(0);
    expect(model.rows.first()).toBe(1);
    expect(rowsOf(model).map((row) => row.id)).toEqual([1, 2, 3]);
  });

  it('is bounded in bytes too, and counts what left it', () => {
    const data = new Uint8Array(400);
    const model = createModel({ ledger: createLedger(), maxBytes: 1000 });

    for (const seq of [1, 2, 3]) model.add(recordOf(LANE, seq, {}, { data }));

    expect(rowsOf(model)).toHaveLength(2);
    expect(model.counts().records).toBe(3);
    expect(model.ledger.totals().received).toBe(3);
  });

  it('finds a row by its id after a thousand others have left', () => {
    const model = createModel({ ledger: createLedger(), maxRows: 100 });

    for (let seq = 1; seq <= 5_000; seq++) model.add(recordOf(LANE, seq));
    settle(model);

    const position = model.rows.find(4_950);
    expect(model.rows.at(position)?.id).toBe(4_950);
    expect(model.rows.find(0)).toBe(model.rows.first());
    expect(model.rows.at(model.rows.first() - 1)).toBeUndefined();
  });
});

describe('rows from verdicts', () => {
  it('puts a gap before the record that passed over numbers', () => {
    const model = createModel({ ledger: createLedger() });

    model.add(recordOf(LANE, 1));
    model.add(recordOf(LANE, 5));

    expect(rowsOf(model)).toMatchObject([
      { kind: 'record' },
      { kind: 'gap', range: { lane: LANE, first: 2, count: 3 } },
      { kind: 'record', verdict: 'new' },
    ]);
    expect(model.counts()).toEqual({ records: 2, gaps: 1 });
  });

  it('makes no gap of what a lane had before reading began', () => {
    const model = createModel({ ledger: createLedger(), fromBeginning: false });

    for (const seq of [41, 44]) model.add(recordOf(LANE, seq));

    expect(rowsOf(model)).toMatchObject([
      { kind: 'record' },
      { kind: 'gap', range: { first: 42, count: 2 } },
      { kind: 'record' },
    ]);
  });

  it('makes no gap of a copy or of an event that comes late', () => {
    const model = createModel({ ledger: createLedger() });

    for (const seq of [1, 3, 2, 3]) model.add(recordOf(LANE, seq));

    expect(rowsOf(model).map((row) => (row.kind === 'record' ? row.verdict : row.kind))).toEqual([
      'new',
      'gap',
      'new',
      'out_of_order',
      'duplicate',
    ]);
  });

  it('lets a drop speak for the numbers that it declares', () => {
    const model = createModel({ ledger: createLedger() });
    const properties = {
      lane: LANE,
      ranges: [
        [5, 2],
        [2, 3],
      ],
      reason: 'queue_full',
    };

    model.add(recordOf(LANE, 1));
    model.add(recordOf(LANE, 7, { type: 'drop', event: undefined, properties }));

    expect(rowsOf(model).map(({ kind }) => kind)).toEqual(['record', 'record']);
  });

  it('shows a gap beside a drop that does not declare all of it', () => {
    const model = createModel({ ledger: createLedger() });
    const properties = { lane: LANE, ranges: [[2, 4]], reason: 'queue_full' };

    model.add(recordOf(LANE, 1));
    model.add(recordOf(LANE, 7, { type: 'drop', event: undefined, properties }));

    expect(rowsOf(model).map(({ kind }) => kind)).toEqual(['record', 'gap', 'record']);
  });

  it('makes no gap of what another lane declared before', () => {
    const model = createModel({ ledger: createLedger() });
    const properties = { lane: LANE, ranges: [[2, 3]], reason: 'queue_full' };

    model.add(recordOf(LANE, 1));
    model.add(recordOf('other-lane', 1, { type: 'drop', event: undefined, properties }));
    model.add(recordOf(LANE, 5));

    expect(rowsOf(model).map(({ kind }) => kind)).toEqual(['record', 'record', 'record']);
  });

  it('takes records that are not ours as rows without a lane', () => {
    const model = createModel({ ledger: createLedger() });

    model.add(recordOf(LANE, 1, {}, { event: undefined, data: Uint8Array.of(0xff, 0x00) }));

    expect(rowsOf(model)).toMatchObject([{ kind: 'record', verdict: 'not_ours' }]);
    expect(model.ledger.totals().lanes).toBe(0);
  });
});

describe('the order of the window', () => {
  const at = (seq: number, shard: number, arrivedAt: number, readAt: number) =>
    recordOf(`lane-of-${shard}`, seq, {}, { shardId: `shard-${shard}`, arrivedAt, readAt });

  it('is that of arrival, after half a second', () => {
    const model = createModel({ ledger: createLedger() });
    model.add(at(1, 1, 300, 1_000));
    model.add(at(1, 2, 200, 1_100));

    model.settle(1_400);
    const early = model.rows.end();
    model.settle(1_500);

    expect(early).toBe(0);
    expect(rowsOf(model)).toMatchObject([
      { record: { shardId: 'shard-2' }, isLate: false },
      { record: { shardId: 'shard-1' }, isLate: false },
    ]);
  });

  it('puts what comes later at the end, and says so', () => {
    const model = createModel({ ledger: createLedger() });
    model.add(at(1, 1, 300, 1_000));
    model.settle(2_000);
    model.add(at(1, 2, 200, 2_100));

    expect(rowsOf(model)).toMatchObject([
      { id: 0, isLate: false },
      { id: 1, isLate: true },
    ]);
  });

  it('keeps a gap with the record that showed it', () => {
    const model = createModel({ ledger: createLedger() });
    model.add(at(3, 1, 300, 1_000));
    model.add(at(1, 2, 200, 1_000));

    expect(rowsOf(model)).toMatchObject([
      { kind: 'record' },
      { kind: 'gap', shardId: 'shard-1', at: 300 },
      { kind: 'record', record: { shardId: 'shard-1' } },
    ]);
  });

  it('is kept up where nobody draws', () => {
    const model = createModel({ ledger: createLedger() });

    for (let seq = 1; seq <= 100; seq++) model.add(at(seq, 1, seq * 100, seq * 100));

    expect(model.rows.end()).toBeGreaterThan(85);
  });

  it('has room for notes', () => {
    const model = createModel({ ledger: createLedger() });

    model.note({ shardId: undefined, note: 'failed', text: 'no network' }, 5);

    expect(rowsOf(model)).toEqual([
      { kind: 'note', id: 0, at: 5, shardId: undefined, note: 'failed', text: 'no network' },
    ]);
  });
});

describe('what left the window', () => {
  it('can be read again from when it arrived, as far back as the window reaches', () => {
    const model = createModel({ ledger: createLedger(), maxRows: 100 });
    const add = (seq: number) => {
      model.add(recordOf(LANE, seq, {}, { arrivedAt: seq, readAt: seq }));
      settle(model);
    };
    for (let seq = 1; seq <= 100; seq++) add(seq);
    const before = model.leftSince();
    for (let seq = 101; seq <= 130; seq++) add(seq);
    const soon = model.leftSince();
    for (let seq = 131; seq <= 1_000; seq++) add(seq);

    expect(before).toBeUndefined();
    expect(soon).toBe(1);
    // 900 left; eighty of them and what is still here fill most of a window.
    expect(model.leftSince()).toBeGreaterThanOrEqual(820);
    expect(model.leftSince()).toBeLessThan(840);
  });
});
