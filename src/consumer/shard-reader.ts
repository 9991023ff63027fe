import {
  type ChildShard,
  GetRecordsCommand,
  type GetRecordsCommandOutput,
  GetShardIteratorCommand,
} from '@aws-sdk/client-kinesis';
import type { Runtime } from '../runtime.ts';
import type { Checkpoint } from './checkpoint/types.ts';
import type { KinesisReader } from './options.ts';
import { createPace, type PaceOptions, type Wait } from './pace.ts';
import type { Pause } from './pause.ts';
import { comparePositions, isPosition, placeOf, WHOLE_RECORD } from './position.ts';
import { type ReadError, readErrorOf } from './read-error.ts';
import type { Sight } from './sight.ts';
import type { Position, ShardState } from './types.ts';

/** What a shard's reader needs of the consumer. */
export interface ShardSource extends PaceOptions {
  readonly client: KinesisReader;
  readonly stream: { readonly StreamName: string } | { readonly StreamARN: string };
  readonly shardId: string;
  readonly from: Checkpoint;
  readonly limit: number;
  readonly runtime: Pick<Runtime, 'now' | 'monotonic' | 'random'>;
  readonly signal: AbortSignal;
  readonly sight: Sight;
  /** Whether the list of shards does not name this one any more. */
  readonly isForgotten: () => boolean;
  /** Asks for a fresh list of shards. */
  readonly relist: () => void;
  /** Hands on what a read brought. Resolves when the shard may be read on. */
  readonly deliver: (read: ShardRead) => Promise<void>;
  readonly report: (change: Partial<ShardState>) => void;
  readonly pause: Pause;
}

/** What one GetRecords brought. */
export interface ShardRead {
  readonly answer: GetRecordsCommandOutput;
  /** Everything up to there is done, and must not come again. */
  readonly after: Position | undefined;
  /** Milliseconds since 1970. */
  readonly askedAt: number;
  readonly change: Partial<ShardState>;
}

/** Reads a shard to its end, which a split or a merge makes. Answers with the children that the service names there. */
export async function readShard(source: ShardSource): Promise<readonly ChildShard[]> {
  const { client, shardId, from, limit, runtime, signal, report, sight } = source;
  const pace = createPace(source);
  let reads = 0;
  let throttledReads = 0;
  let iterator: string | undefined;
  let place = placeOf(from);
  let after = isPosition(from) ? from : undefined;
  /** Whether `after` is a record that was there, and not only a number that somebody gave. */
  let isRecord = after !== undefined && after.subSequenceNumber < WHOLE_RECORD;
  /** The record that a new iterator has to bring first, unless the stream has forgotten it. */
  let anchor: Position | undefined;

  async function open(): Promise<string> {
    const request = { ...source.stream, ShardId: shardId, ...place };
    const answer = await client.send(new GetShardIteratorCommand(request), { abortSignal: signal });
    if (!answer.ShardIterator) throw new Error('GetShardIterator: expected an iterator, got none');
    // LATEST once more would pass over what came since, should this iterator be lost before it brought a record.
    if (place.ShardIteratorType === 'LATEST') place = placeOf({ atTimestamp: runtime.now() });
    anchor = isRecord ? after : undefined;
    return answer.ShardIterator;
  }

  async function read(ShardIterator: string): Promise<[GetRecordsCommandOutput, Wait]> {
    const askedAt = runtime.now();
    const startedAt = runtime.monotonic();
    reads++;
    const command = new GetRecordsCommand({ ShardIterator, Limit: limit });
    const answer = await client.send(command, { abortSignal: signal });
    const { Records: records = [], MillisBehindLatest: behindMs } = answer;
    seekAnchor(answer);
    const isBehind = (behindMs ?? records.length) > 0;
    const last = records.at(-1)?.SequenceNumber;
    const change = {
      status: isBehind ? ('reading' as const) : ('live' as const),
      millisBehindLatest: behindMs ?? undefined,
      lastReadAt: askedAt,
      reads,
      ...(last && { lastSequenceNumber: last, lastProgressAt: runtime.now() }),
    };
    await source.deliver({ answer, after, askedAt, change });
    if (last) goOnAfter({ sequenceNumber: last, subSequenceNumber: WHOLE_RECORD });
    const wait = pace.answered({
      records: records.length,
      bytes: records.reduce((sum, { Data }) => sum + (Data?.length ?? 0), 0),
      isBehind,
      tookMs: runtime.monotonic() - startedAt,
    });
    if (!pace.isSlowed()) report({ error: undefined });
    return [answer, wait];
  }

  function seekAnchor({ Records: [first] = [] }: GetRecordsCommandOutput): void {
    if (!first?.SequenceNumber || !anchor) return;
    const { sequenceNumber } = anchor;
    if (BigInt(first.SequenceNumber) > BigInt(sequenceNumber)) {
      report({
        loss: `the stream no longer keeps record ${sequenceNumber}, after which reading was to go on: what came between it and ${first.SequenceNumber}, if anything, is missing. Read sooner, or keep records longer`,
      });
    }
    anchor = undefined;
  }

  function goOnAfter(read: Position): void {
    // Where a shard is read again from before it, what was done stays done.
    if (after && comparePositions(read, after) < 0) return;
    after = read;
    isRecord = true;
    place = placeOf(read);
  }

  /** A place that takes in everything that a refused one would. Where there is none, it is tried again. */
  function retreat(): boolean {
    if (place.ShardIteratorType !== 'AT_SEQUENCE_NUMBER') return false;
    // A stream that was made anew, or an emulator: what was done is passed over by its number.
    place = placeOf('TRIM_HORIZON');
    return true;
  }

  function recover(error: ReadError, isFresh: boolean): Wait | 'at_once' | 'forgotten' {
    const isOpening = iterator === undefined;
    report({ reads });
    if (error.isThrottle) {
      throttledReads += isOpening ? 0 : 1;
      report({ throttledReads, error: `reads are throttled, slowed down: ${error.text}` });
      return pace.throttled();
    }
    // Whatever is wrong with it (expired, unknown to an emulator that answers 500), a new one goes on after the last record.
    iterator = undefined;
    if (error.name === 'ExpiredIteratorException' && !isFresh) return 'at_once';
    if (isRefusal(error.name)) {
      if (source.isForgotten()) return 'forgotten';
      source.relist();
      if (isOpening && error.name === 'InvalidArgumentException' && retreat()) return 'at_once';
      if (isOpening && from === 'LATEST' && place.ShardIteratorType === 'AT_TIMESTAMP') {
        place = placeOf(from);
        report({
          loss: 'an iterator at LATEST was lost, and this clock is ahead of the service’s: what came until a new one was opened is missing. Set the clock',
        });
      }
    }
    report({ status: 'failed', error: error.text });
    return pace.failed();
  }

  while (!signal.aborted) {
    if (sight.isHidden()) {
      report({ pace: 'hidden' });
      await sight.seen(signal);
      continue;
    }
    const isFresh = iterator === undefined;
    let wait: Wait;
    try {
      iterator ??= await open();
      const [answer, due] = await read(iterator);
      iterator = answer.NextShardIterator ?? undefined;
      if (iterator === undefined) return answer.ChildShards ?? [];
      wait = due;
    } catch (thrown) {
      if (signal.aborted) break;
      const recovery = recover(readErrorOf(thrown), isFresh);
      if (recovery === 'at_once') continue;
      if (recovery === 'forgotten') {
        report({
          loss: 'the stream forgot the shard before it was read to its end: what was left of it is missing. Read sooner, or keep records longer',
        });
        return [];
      }
      wait = recovery;
    }
    report({ pace: wait.pace });
    await source.pause(wait.ms);
  }
  return [];
}

function isRefusal(name: string): boolean {
  return name === 'InvalidArgumentException' || name === 'ResourceNotFoundException';
}
