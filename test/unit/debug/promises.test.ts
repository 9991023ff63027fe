import { describe, expect, it } from 'vitest';
import { createLedger } from '../../../src/consumer/ledger/ledger.ts';
import { createPromises } from '../../../src/debug/ledger/promises.ts';
import { recordOf } from '../../helpers/scripted-consumer.ts';

const LANE = 'k3f9aL0qXw';
const run = (first: number, count: number, lane = LANE) => ({
  ...{ lane, first, count },
  ...{ shard: 'shardId-000000000000', sequence: `${first}00`, at: 1 },
});

function laneOf(...seqs: readonly number[]) {
  const ledger = createLedger();
  for (const seq of seqs) ledger.add(recordOf(LANE, seq));
  return ledger.lane;
}

describe('promises', () => {
  it('are forgotten when all of a run arrived', () => {
    const promises = createPromises();
    for (const it of [run(1, 3), run(4, 2), run(6, 1)]) promises.add(it);

    promises.settle(laneOf(1, 2, 3, 5));

    expect(promises.runs().map(({ first }) => first)).toEqual([4, 6]);
  });

  it('are as many as are remembered at the bound, and one more a lane beyond it', () => {
    const promises = createPromises(2);
    for (const it of [run(1, 1), run(2, 1)]) promises.add(it);
    expect(promises.runs()).toHaveLength(2);

    for (const it of [run(3, 1), run(9, 1), run(5, 2)]) promises.add(it);

    expect(promises.runs()).toHaveLength(3);
    expect(promises.runs().at(-1)).toMatchObject({ first: 3, count: 7, shard: '' });
  });

  it('beyond the bound are waited for until all arrived', () => {
    const promises = createPromises(0);
    for (const it of [run(1, 1), run(3, 1)]) promises.add(it);

    promises.settle(laneOf(1, 2));
    expect(promises.runs()).toHaveLength(1);
    promises.settle(laneOf(1, 2, 3));

    expect(promises.runs()).toEqual([]);
  });
});
