// @vitest-environment node
import { describe, expect, it } from 'vitest';
import type { LaneAccount } from '../../../../src/consumer/types.ts';
import { explainGap, explainNote } from '../../../../src/debug/detail/explain.ts';
import type { GapRow, NoteRow } from '../../../../src/debug/reading/rows.ts';

const LANE = 'k3f9aL0qXw';
const gap: GapRow = {
  kind: 'gap',
  id: 1,
  shardId: 's',
  at: 0,
  range: { lane: LANE, first: 43, count: 5 },
};

function accountWith(...gaps: (readonly [first: number, count: number])[]): LaneAccount {
  return {
    gaps: gaps.map(([first, count]) => ({ lane: LANE, first, count })),
  } as unknown as LaneAccount;
}

describe('a gap', () => {
  it('says what is missing of it still, and who knows more', () => {
    const { what, now, tone } = explainGap(gap, accountWith([40, 4], [46, 1], [50, 9]), false);

    expect(what).toContain('k3f9a·48 arrived, 5 events before it had not: 43–47');
    expect(now).toContain('2 of 5 (43, 46)');
    expect(now).toContain('Only the page that captured them');
    expect(tone).toBe('pending');
  });

  it('of this page points to its queue', () => {
    expect(explainGap(gap, accountWith([43, 5]), true).now).toContain('Queue says');
  });

  it('that is proven to be lost says by what it is proven', () => {
    const lost = [
      { lane: LANE, first: 46, count: 9 },
      { lane: 'another', first: 43, count: 1 },
    ];

    const { title, what, why, tone } = explainGap(gap, accountWith([43, 5]), true, lost);

    expect([title, tone]).toEqual(['Lost', 'lost']);
    expect(what).toBe('2 events of k3f9a: 46–47.');
    expect(why).toContain('read beyond that place');
  });

  it('is closed when all of it came or was declared', () => {
    const { now, tone } = explainGap(gap, accountWith([50, 9]), false);

    expect(now).toMatch(/^✓ All of them/);
    expect(tone).toBe('proven');
  });
});

it.each([
  'split',
  'merge',
  'loss',
  'throttled',
  'expired',
  'failed',
  'narrowed',
  'resumed',
] as const)('a note of the kind %s says what, why and what now', (note) => {
  const row: NoteRow = { kind: 'note', id: 1, at: 0, shardId: 's', note, text: 'It happened.' };

  const { what, why, now } = explainNote(row);

  expect(what).toBe('It happened.');
  expect(why).toMatch(/\.$/);
  expect(now).toMatch(/\.$/);
});
