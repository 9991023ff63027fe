/** What a row that is no record means: what happened, why such a thing happens, and what comes next. */

import type { LaneAccount } from '../../consumer/types.ts';
import type { LaneRange } from '../../protocol/event.ts';
import { formatCount, formatLane, formatPlural, formatRun, formatRuns } from '../format.ts';
import type { GapRow, NoteKind, NoteRow } from '../reading/rows.ts';

export interface Explanation {
  readonly title: string;
  readonly what: string;
  readonly why: string;
  readonly now: string;
  /** Whether it is still open, as far as is known. */
  readonly tone: 'pending' | 'proven' | 'lost' | undefined;
}

const NOTES: Readonly<Record<NoteKind, readonly [title: string, why: string, now: string]>> = {
  split: [
    'Split',
    'A shard takes 1 MB and 1,000 records a second. One that needs more is divided, with its hash keys.',
    'The children are read after the end of their parent: no lane comes out of order.',
  ],
  merge: [
    'Merge',
    'Two neighbours that need less became one shard, which has the hash keys of both.',
    'It is read after the ends of both: no lane comes out of order.',
  ],
  loss: [
    'Loss',
    'A stream keeps a record no longer than its retention: what nobody read until then is gone.',
    'The ledger counts what the lanes lack.',
  ],
  throttled: [
    'Throttled',
    'A shard gives five reads and 2 MB a second to all of its readers together.',
    'It is read more slowly for a while. Nothing is skipped.',
  ],
  expired: [
    'Iterator expired',
    'The service forgets a place in a shard after five minutes.',
    'It was asked for anew. Nothing is skipped.',
  ],
  failed: [
    'Reads fail',
    'The service refused a read, or gave no answer.',
    'It is tried again from the same place.',
  ],
  narrowed: [
    'Not all is read',
    'Only the shards that can hold what the filter asks for are read.',
    'A button beside the filter reads all of them.',
  ],
  resumed: [
    'Reads succeed again',
    'The service answers.',
    'Reading goes on where it stopped. Nothing was skipped.',
  ],
};

export function explainNote({ note, text }: NoteRow): Explanation {
  const [title, why, now] = NOTES[note];
  return { title, what: text, why, now, tone: note === 'loss' ? 'lost' : undefined };
}

/**
 * @param account of the row's lane, as it is now
 * @param lost what is proven to be lost
 */
export function explainGap(
  { range }: GapRow,
  account: LaneAccount | undefined,
  isMine: boolean,
  lost: readonly LaneRange[] = [],
): Explanation {
  const { lane, first, count } = range;
  const open = (account?.gaps ?? []).flatMap((gap) => commonOf(gap, range));
  const missing = sumOf(open);
  const gone = lost.flatMap((run) => (run.lane === lane ? commonOf(run, range) : []));
  if (gone.length > 0) {
    return {
      title: 'Lost',
      what: `${formatPlural(sumOf(gone), 'event')} of ${formatLane(lane)}: ${formatRuns(gone)}.`,
      why: 'The relay said that the stream has them, and where. The shard was read beyond that place, and they were not there.',
      now: '✕ Lost, proven. Copy the proof and the receipt: with the sequence number, whoever runs the stream can look for what was stored in their place.',
      tone: 'lost',
    };
  }
  const holder = isMine
    ? 'Queue says whether this page still holds them'
    : 'Only the page that captured them knows whether it still holds them';
  return {
    title: 'Gap',
    what: `When ${formatLane(lane)}·${first + count} arrived, ${formatPlural(count, 'event')} before it had not: ${formatRun(range)}.`,
    why: 'They may come by another shard or another try, wait in a queue, have been left out, or be lost.',
    now:
      missing === 0
        ? '✓ All of them have arrived since, or were declared as left out.'
        : `⚠ Missing still: ${formatCount(missing)} of ${formatCount(count)} (${formatRuns(open)}). ${holder}.`,
    tone: missing === 0 ? 'proven' : 'pending',
  };
}

function sumOf(runs: readonly LaneRange[]): number {
  return runs.reduce((sum, { count }) => sum + count, 0);
}

function commonOf(a: LaneRange, b: LaneRange): readonly LaneRange[] {
  const first = Math.max(a.first, b.first);
  const count = Math.min(a.first + a.count, b.first + b.count) - first;
  return count > 0 ? [{ lane: a.lane, first, count }] : [];
}
