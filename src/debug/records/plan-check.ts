/** What the page's tracking plan has against rows: asked once a row. */

import type { RecordRow, Row } from '../reading/rows.ts';
import type { Plan, PlanProblem } from '../types.ts';

/** `undefined` where there is no plan, or no event. */
export type PlanAnswer = readonly PlanProblem[] | 'unknown' | undefined;

export function createPlanCheck(plan: () => Plan | undefined): (row: Row) => PlanAnswer {
  let asked: Plan | undefined;
  let answers = new WeakMap<RecordRow, PlanAnswer>();
  return (row) => {
    const current = plan();
    if (!current || row.kind !== 'record' || !row.record.event) return undefined;
    // Declarations of what was left out are of the protocol, and no plan's.
    if (row.record.event.type === 'drop') return undefined;
    if (current !== asked) {
      asked = current;
      answers = new WeakMap();
    }
    let answer = answers.get(row);
    if (answer === undefined) {
      try {
        answer = current(row.record.event);
      } catch (error) {
        // The page's own code: its author reads here what went wrong.
        answer = [{ path: '', message: `The plan failed: ${String(error)}` }];
      }
      answers.set(row, answer);
    }
    return answer;
  };
}
