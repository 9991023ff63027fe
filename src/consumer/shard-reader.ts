import {
  type ChildShard,
  GetRecordsCommand,
  type GetRecordsCommandOutput,
  GetShardIteratorCommand,
  type GetShardIteratorCommandInput,
} from '@aws-sdk/client-kinesis';
import type { Runtime } from '../runtime.ts';
import type { KinesisReader } from './options.ts';
import { readErrorOf } from './read-error.ts';
import type { ShardState } from './types.ts';

/** Where in a shard to open an iterator. */
export type Position = Pick<
  GetShardIteratorCommandInput,
  'ShardIteratorType' | 'StartingSequenceNumber' | 'Timestamp'
>;

/** What a shard's reader needs of the consumer. */
export interface ShardSource {
  readonly client: KinesisReader;
  readonly stream: { readonly StreamName: string } | { readonly StreamARN: string };
  readonly shardId: string;
  readonly start: Position;
  readonly limit: number;
  readonly pollIntervalMs: number;
  readonly runtime: Pick<Runtime, 'now' | 'random'>;
  readonly signal: AbortSignal;
  /** Whether the list of shards says that this one takes no more records. */
  readonly isClosed: () => boolean;
  /** Asks for a fresh list of shards. */
  readonly relist: () => void;
  /** Resolves when there is room for what a read brings. */
  readonly room: () => Promise<void>;
  readonly deliver: (answer: GetRecordsCommandOutput) => Promise<void>;
  readonly report: (change: Partial<ShardState>) => void;
  /** Resolves after the time, or at once when the signal aborts. */
  readonly pause: (delayMs: number) => Promise<void>;
}

/** Behind the end: four reads a second leave one of the five to the other readers of the shard. */
const CATCH_UP_INTERVAL_MS = 250;
const MAX_PAUSE_MS = 30_000;

/** Reads a shard to its end, which a split or a merge makes. Answers with the children that the service names there. */
export async function readShard(source: ShardSource): Promise<readonly ChildShard[]> {
  const { client, shardId, start, limit, pollIntervalMs, runtime, signal, report } = source;
  let position = start;
  let iterator: string | undefined;
  /** Rises with each failure, falls with each success: after a throttle the pace stays slow for a while. */
  let trouble = 0;

  async function open(): Promise<string | undefined> {
    const request = { ...source.stream, ShardId: shardId, ...position };
    const answer = await client.send(new GetShardIteratorCommand(request), { abortSignal: signal });
    // LATEST once more would pass over what came since, should this iterator be lost before it brought a record.
    if (position.ShardIteratorType === 'LATEST') {
      position = { ShardIteratorType: 'AT_TIMESTAMP', Timestamp: new Date(runtime.now()) };
    }
    return answer.ShardIterator ?? undefined;
  }

  async function read(ShardIterator: string): Promise<GetRecordsCommandOutput> {
    const command = new GetRecordsCommand({ ShardIterator, Limit: limit });
    const answer = await client.send(command, { abortSignal: signal });
    await source.deliver(answer);
    const last = answer.Records?.at(-1)?.SequenceNumber;
    if (last)
      position = { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber: last };
    return answer;
  }

  const slowPauseMs = (): number =>
    Math.min(MAX_PAUSE_MS, pollIntervalMs * 2 ** trouble) * (0.5 + runtime.random() / 2);

  while (!signal.aborted) {
    await source.room();
    if (signal.aborted) break;
    const isFresh = iterator === undefined;
    try {
      iterator ??= await open();
      if (iterator === undefined) return [];
      const answer = await read(iterator);
      iterator = answer.NextShardIterator ?? undefined;
      if (iterator === undefined) return answer.ChildShards ?? [];
      trouble = Math.max(0, trouble - 1);
      const behindMs = answer.MillisBehindLatest ?? (answer.Records?.length ? 1 : 0);
      report({
        status: behindMs > 0 ? 'reading' : 'live',
        millisBehindLatest: answer.MillisBehindLatest ?? undefined,
        ...(trouble === 0 && { error: undefined }),
      });
      const paceMs = behindMs > 0 ? Math.min(CATCH_UP_INTERVAL_MS, pollIntervalMs) : pollIntervalMs;
      await source.pause(trouble > 0 ? slowPauseMs() : paceMs);
    } catch (thrown) {
      if (signal.aborted) break;
      const error = readErrorOf(thrown);
      if (error.isThrottle) {
        trouble++;
        report({ error: `reads are throttled, slowed down: ${error.text}` });
      } else {
        // Whatever is wrong with it (expired, unknown to an emulator that answers 500), a new one goes on after the last record.
        iterator = undefined;
        if (error.name === 'ExpiredIteratorException' && !isFresh) continue;
        if (isRefusal(error.name)) {
          // After the last record of a closed shard there is no place to open: that is its end.
          if (source.isClosed()) return [];
          source.relist();
          // Our clock may be ahead of the service's, which refuses a time to come.
          if (start.ShardIteratorType === 'LATEST' && position.Timestamp) position = start;
        }
        trouble++;
        report({ status: 'failed', error: error.text });
      }
      await source.pause(slowPauseMs());
    }
  }
  return [];
}

function isRefusal(name: string): boolean {
  return name === 'InvalidArgumentException' || name === 'ResourceNotFoundException';
}
