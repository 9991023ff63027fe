import type { LaneRange } from '../../protocol/event.ts';
import type { Absence } from './absences.ts';
import { type Evidence, judge, type Verdict } from './verdict.ts';

/** Details of the element's event `rivulet-alarm`: a loss is proven. */
export interface LossAlarm {
  /** Events that are lost and that nobody has acknowledged. */
  readonly lost: number;
  readonly runs: readonly Absence[];
}

/** The verdict over time: it tells the page of a new loss, and remembers which ones a person has seen. */
export interface Proof {
  readonly judge: (evidence: Omit<Evidence, 'acknowledged'>) => Verdict;
  /** What is lost as of the last verdict has been seen. A new loss is red again. */
  readonly acknowledge: () => void;
  /** Another reading. */
  readonly reset: () => void;
}

export function createProof(element: Pick<EventTarget, 'dispatchEvent'>): Proof {
  let acknowledged: readonly LaneRange[] = [];
  let runs: readonly Absence[] = [];
  let told = 0;
  return {
    judge: (evidence) => {
      const verdict = judge({ ...evidence, acknowledged });
      runs = verdict.lost;
      const lost = runs.reduce((sum, { count }) => sum + count, 0);
      if (lost > told) {
        const init = { bubbles: true, composed: true, detail: { lost, runs } };
        const alarm = new CustomEvent<LossAlarm>('rivulet-alarm', init);
        // After the drawing that this is a part of.
        queueMicrotask(() => element.dispatchEvent(alarm));
      }
      told = lost;
      return verdict;
    },
    acknowledge: () => {
      acknowledged = unionOf([...acknowledged, ...runs]);
    },
    reset: () => {
      acknowledged = [];
      told = 0;
    },
  };
}

/** The same numbers, each in one run. */
function unionOf(runs: readonly LaneRange[]): LaneRange[] {
  const union: LaneRange[] = [];
  const ordered = [...runs].sort((a, b) =>
    a.lane === b.lane ? a.first - b.first : a.lane < b.lane ? -1 : 1,
  );
  for (const { lane, first, count } of ordered) {
    const before = union.at(-1);
    if (before?.lane === lane && first <= before.first + before.count) {
      const end = Math.max(before.first + before.count, first + count);
      union[union.length - 1] = { ...before, count: end - before.first };
    } else union.push({ lane, first, count });
  }
  return union;
}
