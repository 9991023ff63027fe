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
