import { describe, expect, it } from 'vitest';
import type { Row } from '../../../../src/debug/reading/rows.ts';
import { createPlanCheck } from '../../../../src/debug/records/plan-check.ts';
import type { Plan } from '../../../../src/debug/types.ts';
import { recordOf } from '../../../helpers/scripted-consumer.ts';

const rowOf = (event = {}, change = {}): Row => ({
  kind: 'record',
  id: 1,
  verdict: 'new',
  isLate: false,
  record: recordOf('k3f9aL0qXw', 1, event, change),
});

describe('the plan', () => {
  it('is asked once a row, and again when it is another', () => {
    let asked = 0;
    let plan: Plan = () => {
      asked++;
      return [];
    };
    const check = createPlanCheck(() => plan);
    const row = rowOf();

    check(row);
    check(row);
    expect(asked).toBe(1);
    plan = () => 'unknown';

    expect(check(row)).toBe('unknown');
  });

  it('is not asked about what is no event of a page', () => {
    const check = createPlanCheck(() => () => 'unknown');
    const gap: Row = {
      kind: 'gap',
      id: 1,
      shardId: 'a',
      at: 0,
      range: { lane: 'k3f9aL0qXw', first: 1, count: 1 },
    };

    expect(check(gap)).toBeUndefined();
    expect(check(rowOf({}, { event: undefined }))).toBeUndefined();
    expect(check(rowOf({ type: 'drop' }))).toBeUndefined();
    expect(createPlanCheck(() => undefined)(rowOf())).toBeUndefined();
  });

  it('that fails is a problem in words', () => {
    const check = createPlanCheck(() => () => {
      throw new Error('no schema');
    });

    expect(check(rowOf())).toEqual([{ path: '', message: 'The plan failed: Error: no schema' }]);
  });
});
