import { describe, expect, it } from 'vitest';
import {
  isProblem,
  labelOf,
  latencyOf,
  type RecordRow,
  type Row,
} from '../../../src/debug/reading/rows.ts';
import { recordOf } from '../../helpers/scripted-consumer.ts';

const LANE = 'k3f9aL0qXw';

describe('what a row says', () => {
  it.each([
    [{ event: 'Product Clicked' }, 'Product Clicked'],
    [{ type: 'page', event: undefined }, ''],
    [{ type: 'metric', event: 'LCP', properties: { value: 1204, unit: 'ms' } }, 'LCP 1204 ms'],
    [{ type: 'metric', event: 'CLS', properties: { value: 0 } }, 'CLS 0'],
    [
      {
        type: 'metric',
        event: 'Level',
        properties: { value: 145.8901960784, unit: 'cm', count: 51 },
      },
      'Level 145.89 cm · 51 readings',
    ],
    [{ type: 'metric', event: 'Level', properties: { value: 'high', count: 1 } }, 'Level high'],
    [{ type: 'identify', event: undefined, userId: 'u17' }, 'u17'],
    [
      { type: 'error', event: undefined, properties: { message: 'x is not a function' } },
      'x is not a function',
    ],
    [{ type: 'alias', event: undefined, userId: 'u17', previousId: 'c1' }, 'c1 → u17'],
    [
      { type: 'log', event: undefined, properties: { level: 'warn', message: 'paper is low' } },
      'paper is low',
    ],
    [{ type: 'log', event: undefined, properties: { message: 7 } }, ''],
    [{ type: 'erase', event: undefined, properties: { subject: { userId: 'u17' } } }, 'u17'],
    [{ type: 'erase', event: undefined, properties: { subject: 'u17' } }, ''],
  ] as const)('names %j', (event, name) => {
    expect(labelOf(recordOf(LANE, 1, event))).toMatchObject({ name, path: '/' });
  });

  it.each([
    [{ type: 'log', properties: { level: 'warn' } }, 'warn'],
    [{ type: 'log', properties: { level: 7 } }, undefined],
    [{ type: 'error' }, 'error'],
    [{ type: 'track', properties: { level: 'warn' } }, undefined],
  ] as const)('tells how severe %j is', (event, level) => {
    expect(labelOf(recordOf(LANE, 1, event)).level).toBe(level);
  });

  it('says what is not ours', () => {
    expect(labelOf({ event: undefined, data: Uint8Array.of(1) }).type).toBe('data');
  });

  it('names a drop by its reason', () => {
    const properties = { lane: LANE, ranges: [[3, 2]], reason: 'too_old' };

    expect(labelOf(recordOf(LANE, 9, { type: 'drop', properties })).name).toBe('too old');
  });

  it('measures from capture to arrival, where both are known', () => {
    const record = recordOf(LANE, 1);

    expect(latencyOf(record)).toBe(480);
    expect(latencyOf({ ...record, arrivedAt: undefined })).toBeUndefined();
    expect(latencyOf({ ...record, event: undefined })).toBeUndefined();
  });
});

describe('a problem', () => {
  const rowOf = (change: Partial<RecordRow> = {}, record = {}): Row => ({
    kind: 'record',
    id: 1,
    verdict: 'new',
    isLate: false,
    ...change,
    record: recordOf('k3f9aL0qXw', 1, {}, record),
  });

  it('is what the ledger, the lane or the aggregate has against a record', () => {
    const range = { lane: 'k3f9aL0qXw', first: 2, count: 1 };

    expect(isProblem({ kind: 'gap', id: 1, shardId: 'a', at: 0, range })).toBe(true);
    expect(isProblem(rowOf({ verdict: 'duplicate' }))).toBe(true);
    expect(isProblem(rowOf({ verdict: 'out_of_order' }))).toBe(true);
    expect(isProblem(rowOf({}, { undecoded: 'checksum' }))).toBe(true);
    expect(isProblem(rowOf({}, { kclDrops: true }))).toBe(true);
    expect(isProblem(rowOf())).toBe(false);
    expect(isProblem(rowOf({ isLate: true }))).toBe(false);
  });

  it('is a loss among the notes, and no other note', () => {
    const note = { kind: 'note', id: 1, at: 0, shardId: 'a', text: '' } as const;

    expect(isProblem({ ...note, note: 'loss' })).toBe(true);
    expect(isProblem({ ...note, note: 'split' })).toBe(false);
    expect(isProblem({ ...note, note: 'throttled' })).toBe(false);
  });
});
