import type { _Record as KinesisRecord } from '@aws-sdk/client-kinesis';
import type { Checkpoint } from './checkpoint/types.ts';
import { comparePositions, isPosition, type Place, placeOf, WHOLE_RECORD } from './position.ts';
import type { Position } from './types.ts';

/** Where in a shard reading is, so that any iterator that is lost can be opened again without a loss or a repeat. */
export interface ShardCursor {
  /** Where to open the next iterator. */
  readonly place: () => Place;
  /** Everything up to there was read: it may come again, and must not be handed on. */
  readonly after: () => Position | undefined;
  /** An iterator was opened at the place. Milliseconds since 1970. */
  readonly opened: (at: number) => void;
  /** Looks at what the first read of an iterator brought. Answers with what may be missing for good. */
  readonly look: (records: readonly KinesisRecord[]) => string | undefined;
  /** Goes on after what a read brought. */
  readonly advance: (records: readonly KinesisRecord[], isBehind: boolean) => void;
  /** Whether the iterator seems to lead nowhere, so that a new one has to be opened. */
  readonly isStuck: () => boolean;
  /** Goes back to a place that takes in all that the refused or stuck one would. False where there is none. */
  readonly retreat: () => boolean;
  /** Gives up what LATEST meant when it was opened first. Answers with what may be missing; nothing where that is not the case. */
  readonly reopenLatest: () => string | undefined;
}

/**
 * Reads that bring nothing of what is there. After a record that the stream has trimmed, the service was seen to answer so
 * for ever: github.com/harlow/kinesis-consumer/issues/125
 */
const STUCK_READS = 10;

export function createShardCursor(from: Checkpoint): ShardCursor {
  let place = placeOf(from);
  let after = isPosition(from) ? from : undefined;
  /** Whether `after` is a record that was there, and not only a number that somebody gave. */
  let isRecord = after !== undefined && after.subSequenceNumber < WHOLE_RECORD;
  /** No record has come of the iterator yet. */
  let isSeeking = false;
  let emptyReads = 0;

  return {
    place: () => place,
    after: () => after,
    opened: (at) => {
      isSeeking = true;
      emptyReads = 0;
      // LATEST once more would pass over what came since, should this iterator be lost before it brought a record.
      if (place.ShardIteratorType === 'LATEST') place = placeOf({ atTimestamp: at });
    },
    look: ([first]) => {
      if (!first?.SequenceNumber || !isSeeking) return undefined;
      isSeeking = false;
      // The place's own record comes first, or one before it, unless it is gone.
      const isGone =
        isRecord && after && BigInt(first.SequenceNumber) > BigInt(after.sequenceNumber);
      return isGone
        ? `the stream no longer keeps record ${after?.sequenceNumber}, after which reading was to go on: what came between it and ${first.SequenceNumber}, if anything, is missing. Read sooner, or keep records longer`
        : undefined;
    },
    advance: (records, isBehind) => {
      emptyReads = records.length === 0 && isBehind ? emptyReads + 1 : 0;
      const sequenceNumber = records.at(-1)?.SequenceNumber;
      if (!sequenceNumber) return;
      const read = { sequenceNumber, subSequenceNumber: WHOLE_RECORD };
      // Where the shard is read again from before it, what was done stays done.
      if (after && comparePositions(read, after) < 0) return;
      after = read;
      isRecord = true;
      place = placeOf(read);
    },
    isStuck: () => isSeeking && emptyReads >= STUCK_READS,
    retreat: () => {
      if (place.ShardIteratorType !== 'AT_SEQUENCE_NUMBER') return false;
      // Trimmed, a stream that was made anew, or an emulator: what was done is left out by its number.
      place = placeOf('TRIM_HORIZON');
      return true;
    },
    reopenLatest: () => {
      if (from !== 'LATEST' || place.ShardIteratorType !== 'AT_TIMESTAMP') return undefined;
      place = placeOf(from);
      return 'an iterator at LATEST was lost, and this clock is ahead of the service’s: what came until the next one is missing. Set the clock';
    },
  };
}
