import { describe, expect, it } from 'vitest';
import { createLedger } from '../../../src/consumer/ledger/ledger.ts';
import type { Absence } from '../../../src/debug/ledger/absences.ts';
import { figuresOf, groupByClient, sumOf } from '../../../src/debug/ledger/lane-figures.ts';
import { describeRun, runsOf } from '../../../src/debug/ledger/lane-runs.ts';
import { recordOf } from '../../helpers/scripted-consumer.ts';

const LANE = 'k3f9aL0qXw';

function absence(
  first: number,
  count: number,
  state: Absence['state'] = 'missing',
  shard = 'shardId-000000000004',
): Absence {
  const run = { lane: LANE, first, count };
  const receipt = state === 'missing' ? undefined : { ...run, shard, sequence: '1', at: 0 };
  return { ...run, state, receipt };
}

const context = { now: 100_000, since: 60_000, isOwn: false };

describe('the runs of a lane', () => {
  it('go from its first number to its highest, and beyond where something was promised', () => {
    const { runs } = runsOf({ first: 1, highest: 50 }, [absence(43, 5), absence(53, 2, 'stored')]);

    expect(runs.map(({ first, count, absence }) => [first, count, absence?.state])).toEqual([
      [1, 42, undefined],
      [43, 5, 'missing'],
      [48, 3, undefined],
      [53, 2, 'stored'],
    ]);
  });

  it('are counted where they are too many to be read', () => {
    const many = Array.from({ length: 30 }, (_, index) => absence(index * 2 + 2, 1));
    const { runs, more } = runsOf({ first: 1, highest: 61 }, many);

    expect(runs.length).toBeLessThan(20);
    expect(more + runs.filter(({ absence }) => absence).length).toBe(30);
  });

  it('say what is known of an absence, and no more', () => {
    const run = (of: Absence) => ({ first: of.first, count: of.count, absence: of });

    expect(describeRun({ first: 1, count: 42 }, context)).toBe('1–42 read');
    expect(describeRun(run(absence(43, 5)), context)).toBe(
      '43–47 missing, 40 s (its client may still hold them)',
    );
    expect(describeRun(run(absence(43, 5)), { ...context, isOwn: true })).toBe(
      '43–47 missing (no receipt so far)',
    );
    expect(describeRun(run(absence(43, 1, 'stored')), context)).toMatch(
      /^43 missing since \d\d:\d\d:\d\d \(receipt: shard 4, not read so far\)$/,
    );
    expect(describeRun(run(absence(43, 5, 'lost')), context)).toBe(
      '43–47 lost: receipt of shard 4, which was read past it',
    );
  });
});

describe('the figures of a lane', () => {
  const accountOf = (seqs: readonly number[]) => {
    const ledger = createLedger();
    for (const seq of seqs) ledger.add(recordOf(LANE, seq));
    const drop = { lane: LANE, ranges: [[4, 2]], reason: 'queue_full' };
    ledger.add(recordOf(LANE, 8, { type: 'drop', event: undefined, properties: drop }));
    const account = ledger.lane(LANE);
    if (!account) throw new Error('ledger: expected the lane, got none');
    return account;
  };

  it('add up, this page’s with what it still holds', () => {
    const stats = { lane: LANE, captured: 11 };
    const figures = figuresOf(accountOf([1, 2, 3, 6, 2]), { stats, fromBeginning: true });

    expect(figures).toMatchObject({
      ...{ captured: 11, stored: 5, dropped: 2, queued: 3, missing: 1, duplicates: 1 },
    });
    const { stored, rejected, dropped, queued = 0, missing } = figures;
    expect(stored + rejected + dropped + queued + missing).toBe(figures.captured);
  });

  it('leave out what another page holds, which nobody here knows', () => {
    const figures = figuresOf(accountOf([1]), { stats: undefined, fromBeginning: true });

    expect(figures).toMatchObject({ captured: 8, queued: undefined });
    expect(sumOf([figures, figures])).toMatchObject({ captured: 16, queued: undefined });
  });

  it('count what is lost above all that arrived as missing, not as queued', () => {
    const facts = { stats: { lane: LANE, captured: 11 }, fromBeginning: true };

    expect(figuresOf(accountOf([1, 2, 3, 6, 7]), facts, 2)).toMatchObject({
      ...{ captured: 11, queued: 1, missing: 2 },
    });
  });
});

describe('clients', () => {
  it('stand in the order of what a reader looks for: own, with something missing, latest', () => {
    const ledger = createLedger();
    const at = (arrivedAt: number) => ({ arrivedAt });
    const by = (anonymousId: string) => ({ anonymousId });
    ledger.add(recordOf('lane-own-1', 1, by('me'), at(1)));
    ledger.add(recordOf('lane-gap-1', 2, by('gappy'), at(2)));
    ledger.add(recordOf('lane-old-1', 1, by('old'), at(3)));
    ledger.add(recordOf('lane-new-1', 1, by('new'), at(5)));
    ledger.add(recordOf('lane-old-2', 1, by('old'), at(4)));

    const groups = groupByClient(ledger.lanes(), 'lane-own-1', 3);

    expect(groups.map(({ client, lanes }) => [client, lanes.length])).toEqual([
      ['me', 1],
      ['gappy', 1],
      ['new', 1],
    ]);
    const all = groupByClient(ledger.lanes(), 'lane-own-1', 9);
    expect(all.at(-1)).toMatchObject({ client: 'old', lanes: [{}, {}] });
  });
});
