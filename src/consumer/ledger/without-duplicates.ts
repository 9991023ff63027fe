import { messageIdOf } from '../../protocol/event.ts';
import type { RecordFilter } from '../sink.ts';
import type { ConsumedRecord } from '../types.ts';
import { addRun, dropLowest } from './edit-runs.ts';
import {
  encodeFilter,
  type FilterSnapshot,
  type LaneMemory,
  parseFilter,
} from './filter-snapshot.ts';
import { type DuplicateFilterOptions, resolveFilterOptions } from './options.ts';
import { createRecency, type Linked } from './recency.ts';
import { copyRuns, createRuns, hasNumber } from './runs.ts';

export interface DuplicateCounts {
  /** Records that were handed out, those without a lane included. */
  readonly passed: number;
  /** Copies that were left out. */
  readonly duplicates: number;
  /** Records of others, which have no number to tell a copy by: they all pass. */
  readonly foreign: number;
  /** What is remembered now. */
  readonly lanes: number;
  readonly runs: number;
  /** What is not any more: copies of those events would pass. While these are 0, nothing passes twice. */
  readonly forgottenLanes: number;
  readonly forgottenRuns: number;
}

export interface DuplicateFilter extends RecordFilter {
  readonly counts: () => DuplicateCounts;
  /**
   * What was done so far as JSON, for the option `from` of another filter that goes on with it. A handler that keeps it in
   * one transaction with what it makes of its records gives them too: they are done when that is.
   */
  readonly snapshot: (records?: readonly ConsumedRecord[]) => FilterSnapshot;
}

interface Known extends LaneMemory, Linked<Known> {}

/** Records that are handed out and not done: more than any run has in its hands. */
const MAX_HANDED_OUT = 100_000;

/**
 * Hands out each event once, by its lane and number, whatever the stream holds of it: the relay sends again what it had no
 * answer for, and a consumer reads again what was not done when it ended.
 *
 * What it forgets can pass a second time, never be passed over. Give each consumer a filter of its own: one that shares
 * shards with others cannot tell copies that came to another.
 *
 * @example
 * const filter = withoutDuplicates();
 * for await (const { event } of createConsumer({ client, stream, filter }).events()) count(event);
 */
export function withoutDuplicates(options: DuplicateFilterOptions = {}): DuplicateFilter {
  const { maxLanes, maxRuns, from } = resolveFilterOptions(options);
  const lanes = new Map<string, Known>();
  const recency = createRecency<Known>();
  /** Where the events stand that were handed out and are not done: there each may come again, elsewhere it is a copy. */
  const handedOut = new Map<string, Place>();
  const counts = { passed: 0, duplicates: 0, foreign: 0, forgottenLanes: 0, forgottenRuns: 0 };
  let runs = 0;
  for (const lane of from ? parseFilter(from) : []) {
    runs += lane.runs.size;
    open(lane);
  }
  forgetBeyond();

  function isWanted(record: ConsumedRecord): boolean {
    const at = record.event?.rivulet;
    if (!at) {
      counts.foreign++;
      counts.passed++;
      return true;
    }
    const known = lanes.get(at.lane);
    if (known) recency.touch(known);
    const key = messageIdOf(at);
    const place = handedOut.get(key);
    if ((known && hasNumber(known.runs, at.seq)) || (place && !isAt(place, record))) {
      counts.duplicates++;
      return false;
    }
    if (place) return true;
    counts.passed++;
    const { shardId, sequenceNumber, subSequenceNumber } = record;
    handedOut.set(key, { shardId, sequenceNumber, subSequenceNumber });
    if (handedOut.size > MAX_HANDED_OUT) forgetHandedOut();
    return true;
  }

  function done(record: ConsumedRecord): void {
    const at = record.event?.rivulet;
    if (!at) return;
    handedOut.delete(messageIdOf(at));
    const lane = lanes.get(at.lane) ?? open({ id: at.lane, runs: createRuns() });
    recency.touch(lane);
    runs -= lane.runs.size;
    addRun(lane.runs, at.seq, at.seq);
    runs += lane.runs.size;
    forgetBeyond();
  }

  function snapshot(records: readonly ConsumedRecord[] = []): FilterSnapshot {
    const changed = new Map<string, LaneMemory>();
    for (const { event } of records) {
      if (!event) continue;
      const { lane: id, seq } = event.rivulet;
      const known = changed.get(id) ?? { id, runs: copyRuns(lanes.get(id)?.runs ?? createRuns()) };
      addRun(known.runs, seq, seq);
      changed.set(id, known);
    }
    const others = recency.items().filter(({ id }) => !changed.has(id));
    return encodeFilter([...others, ...changed.values()]);
  }

  function open({ id, runs }: LaneMemory): Known {
    const lane = { id, runs, older: undefined, newer: undefined };
    lanes.set(id, lane);
    recency.touch(lane);
    return lane;
  }

  function forgetBeyond(): void {
    for (let lane = recency.oldest(); lane; lane = recency.oldest()) {
      if (lanes.size <= maxLanes && runs <= maxRuns) return;
      if (lanes.size > maxLanes || lane.runs.size === 1) {
        lanes.delete(lane.id);
        recency.remove(lane);
        runs -= lane.runs.size;
        counts.forgottenLanes++;
      } else {
        dropLowest(lane.runs);
        runs--;
        counts.forgottenRuns++;
      }
    }
  }

  /** The one that was handed out first: its shard went to another consumer meanwhile. */
  function forgetHandedOut(): void {
    for (const key of handedOut.keys()) {
      handedOut.delete(key);
      counts.forgottenRuns++;
      return;
    }
  }

  return {
    isWanted,
    done,
    counts: () => ({ ...counts, lanes: lanes.size, runs }),
    snapshot,
  };
}

type Place = Pick<ConsumedRecord, 'shardId' | 'sequenceNumber' | 'subSequenceNumber'>;

function isAt(place: Place, { shardId, sequenceNumber, subSequenceNumber }: Place): boolean {
  return (
    place.sequenceNumber === sequenceNumber &&
    place.subSequenceNumber === subSequenceNumber &&
    place.shardId === shardId
  );
}
