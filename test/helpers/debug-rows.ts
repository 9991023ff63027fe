import type { FilterContext } from '../../src/debug/filter/types.ts';
import type { GapRow, NoteRow, RecordRow } from '../../src/debug/reading/rows.ts';
import { recordOf } from './scripted-consumer.ts';

export const LANE = 'k3f9aL0qXw';

/** Nothing is marked, mine or invalid. */
export function contextOf(change: Partial<FilterContext> = {}): FilterContext {
  const no = () => false;
  return { now: Date.now(), isMine: no, isMarked: no, isInvalid: no, ...change };
}

/** A row of the table, with this event and record inside. */
export function rowOf(
  event: Parameters<typeof recordOf>[2] = {},
  record: Parameters<typeof recordOf>[3] = {},
  change: Partial<Omit<RecordRow, 'kind' | 'record'>> & { readonly seq?: number } = {},
): RecordRow {
  const { seq = 41, ...row } = change;
  return {
    kind: 'record',
    id: 0,
    verdict: 'new',
    isLate: false,
    ...row,
    record: recordOf(LANE, seq, event, record),
  };
}

export function gapOf(change: Partial<GapRow> = {}): GapRow {
  const range = { lane: LANE, first: 43, count: 5 };
  return { kind: 'gap', id: 1, shardId: 'shardId-000000000004', at: 0, range, ...change };
}

export function noteOf(change: Partial<NoteRow> = {}): NoteRow {
  const text = 'Shard 4 was split into 7 and 8.';
  return {
    kind: 'note',
    id: 2,
    at: 0,
    shardId: 'shardId-000000000004',
    note: 'split',
    text,
    ...change,
  };
}
