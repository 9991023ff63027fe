import type { LaneRange } from '../../protocol/event.ts';
import type { Model } from '../reading/model.ts';
import type { GapRow, Row } from '../reading/rows.ts';
import { overlap } from './promises.ts';

/** The rows that tell of gaps, so that what is missing has a time and a place to go to. */
export interface GapLog {
  /** Takes in the rows that are new. */
  readonly look: (rows: Model['rows']) => void;
  readonly of: (range: LaneRange) => GapRow | undefined;
  readonly reset: () => void;
}

/** Gaps remembered: older ones have left the window as a rule, and go without a time. */
const MAX_GAPS = 2_000;

export function createGapLog(): GapLog {
  let gaps: GapRow[] = [];
  let next = 0;
  return {
    look: (rows) => {
      for (next = Math.max(next, rows.first()); next < rows.end(); next++) {
        const row = rows.at(next);
        if (row?.kind === 'gap') gaps.push(row);
      }
      if (gaps.length > 2 * MAX_GAPS) gaps = gaps.slice(-MAX_GAPS);
    },
    of: (range) =>
      gaps.findLast((gap) => gap.range.lane === range.lane && overlap(gap.range, range) > 0),
    reset: () => {
      gaps = [];
      next = 0;
    },
  };
}

/** The first row that shows the absence: its gap, or the lane's next record, or its last one. */
export function rowOf(range: LaneRange, gaps: GapLog, rows: Model['rows']): Row | undefined {
  const gap = gaps.of(range);
  const found = gap && rows.at(rows.find(gap.id));
  if (found?.id === gap?.id && found) return found;
  let last: Row | undefined;
  for (let at = rows.first(); at < rows.end(); at++) {
    const row = rows.at(at);
    const position = row?.kind === 'record' ? row.record.event?.rivulet : undefined;
    if (position?.lane !== range.lane) continue;
    if (position.seq >= range.first + range.count) return row;
    last = row;
  }
  return last;
}
