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
import { type ReadError, readErrorOf } from './read-error.ts';
import { createShardCursor } from './shard-cursor.ts';
import type { Progress } from './shard-states.ts';
import type { Sight } from './sight.ts';
import type { Position } from './types.ts';

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
  readonly report: (change: Partial<Progress>) => void;
  readonly pause: Pause;
}

/** What one GetRecords brought. */
export interface ShardRead {
  readonly answer: GetRecordsCommandOutput;
  /** Everything up to there is done, and must not come again. */
  readonly after: Position | undefined;
  /** Milliseconds since 1970. */
  readonly askedAt: number;
  readonly change: Partial<Progress>;
}

/** Reads a shard to its end, which a split or a merge makes. Answers with the children that the service names there. */
export async function readShard(source: ShardSource): Promise<readonly ChildShard[]> {
  const { client, shardId, limit, runtime, signal, report, sight } = source;
  const pace = createPace(source);
  const cursor = createShardCursor(source.from);
  let reads = 0;
  let throttledReads = 0;
  let iterator: string | undefined;

  async function open(): Promise<string> {
    const request = { ...source.stream, ShardId: shardId, ...cursor.place() };
    const answer = await client.send(new GetShardIteratorCommand(request), { abortSignal: signal });
    if (!answer.ShardIterator) throw new Error('GetShardIterator: expected an iterator, got none');
    cursor.opened(runtime.now());
    return answer.ShardIterator;
  }

  async function read(ShardIterator: string): Promise<[GetRecordsCommandOutput, Wait]> {
    const askedAt = runtime.now();
    const startedAt = runtime.monotonic();
    reads++;
    const command = new GetRecordsCommand({ ShardIterator, Limit: limit });
    const answer = await client.send(command, { abortSignal: signal });
    const { Records: records = [], MillisBehindLatest: behindMs } = answer;
    const isBehind = (behindMs ?? records.length) > 0;
    const last = records.at(-1)?.SequenceNumber;
    const loss = cursor.look(records);
    const change = {
      status: isBehind ? ('reading' as const) : ('live' as const),
      millisBehindLatest: behindMs ?? undefined,
      lastReadAt: askedAt,
      reads,
      ...(last && { lastSequenceNumber: last, lastProgressAt: runtime.now() }),
      ...(loss && { loss }),
    };
    await source.deliver({ answer, after: cursor.after(), askedAt, change });
    cursor.advance(records, isBehind);
    const wait = pace.answered({
      records: records.length,
      bytes: records.reduce((sum, { Data }) => sum + (Data?.length ?? 0), 0),
      isBehind,
      tookMs: runtime.monotonic() - startedAt,
    });
    if (!pace.isSlowed()) report({ error: undefined });
    return [answer, wait];
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
    if (error.name === 'ResourceNotFoundException') {
      if (source.isForgotten()) return 'forgotten';
      source.relist();
    }
    if (error.name === 'InvalidArgumentException' && isOpening) {
      if (cursor.retreat()) return 'at_once';
      const loss = cursor.reopenLatest();
      if (loss) report({ loss });
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
      if (cursor.isStuck() && cursor.retreat()) iterator = undefined;
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
