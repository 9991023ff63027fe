import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { expectOption } from '../errors.ts';
import { SHARD_READ_CALLS_PER_SECOND } from '../protocol/limits.ts';
import type { HashKeyRange } from '../protocol/partition-key.ts';
import { platformRuntime, type Runtime } from '../runtime.ts';
import type { Checkpointing } from './checkpoint/types.ts';
import type { RecordFilter } from './sink.ts';
import type { StartPosition } from './types.ts';

/** Anything that sends commands as a `KinesisClient` does. */
export type KinesisReader = Pick<KinesisClient, 'send'>;

export interface ConsumerOptions {
  /** Amazon Kinesis, the local stream, or the relay's read door. */
  readonly client: KinesisReader;
  /** The stream's name, or its ARN. */
  readonly stream: string;
  /** Where shards begin of which the checkpoints know nothing. @default 'LATEST' */
  readonly from?: StartPosition;
  /**
   * Remembers what was done, so that the next reading goes on there, and shares the shards with whoever uses the same.
   * Without it, reading begins at `from` each time.
   * @default none
   */
  readonly checkpoint?: Checkpointing;
  /**
   * Shards that share no hash key with it are not read: `hashKeyOf` tells the one of a partition key. What the others hold is
   * handed out whole, also the records of other keys. Not together with `checkpoint`, where it would pass for all that there is.
   * @default all
   */
  readonly hashKeys?: HashKeyRange | undefined;
  /** Leaves records out before they are handed out, as `withoutDuplicates` does. @default none */
  readonly filter?: RecordFilter;
  /**
   * GetRecords calls of one shard in a second, at most, while it has more to read: above 0, up to 5. All readers of a shard
   * share five.
   * @default 1
   */
  readonly readsPerSecond?: number;
  /** Between two reads of a shard at its end, where `readsPerSecond` does not say longer. @default 1000 */
  readonly pollIntervalMs?: number;
  /** Between two reads of a shard to which nothing comes: a tenth of its silence, up to this. @default 3000 */
  readonly idleIntervalMs?: number;
  /**
   * What becomes of the reading while nobody sees the page. A page that keeps checkpoints works for others too: it goes on
   * unless told otherwise.
   * @default 'pause', with `checkpoint` 'read'
   */
  readonly whenHidden?: 'pause' | 'read';
  /** Kinesis records of one read, and records that may wait to be pulled before reading pauses. @default 1000 */
  readonly maxRecordsPerRead?: number;
  /** Ends the reading as `close` does. */
  readonly signal?: AbortSignal;
  readonly runtime?: Pick<Runtime, 'now' | 'monotonic' | 'random' | 'delay' | 'locks' | 'page'>;
}

type Optional = 'signal' | 'checkpoint' | 'filter' | 'hashKeys';

export type ResolvedOptions = Required<Omit<ConsumerOptions, Optional>> & {
  readonly [Option in Optional]: ConsumerOptions[Option] | undefined;
};

const DEFAULTS = {
  from: 'LATEST',
  readsPerSecond: 1,
  pollIntervalMs: 1000,
  idleIntervalMs: 3000,
  maxRecordsPerRead: 1000,
} as const;

/** docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html, `Limit` */
const MAX_RECORDS_PER_READ = 10_000;

export function resolveOptions(options: ConsumerOptions): ResolvedOptions {
  const resolved = {
    ...DEFAULTS,
    signal: undefined,
    checkpoint: undefined,
    filter: undefined,
    hashKeys: undefined,
    whenHidden: options.checkpoint ? ('read' as const) : ('pause' as const),
    ...options,
    runtime: options.runtime ?? platformRuntime(),
  };
  const { client, stream, from, checkpoint, filter, hashKeys, maxRecordsPerRead, whenHidden } =
    resolved;
  const { readsPerSecond, pollIntervalMs, idleIntervalMs } = resolved;
  expectOption('client', typeof client?.send === 'function', 'a KinesisClient', client);
  expectOption('stream', typeof stream === 'string' && stream !== '', 'a name or an ARN', stream);
  expectOption('from', isStartPosition(from), 'a StartPosition', from);
  expectOption(
    'checkpoint',
    checkpoint === undefined || typeof checkpoint.start === 'function',
    'a Checkpointing',
    checkpoint,
  );
  expectOption(
    'hashKeys',
    hashKeys === undefined || (hashKeys.start <= hashKeys.end && !checkpoint),
    'a HashKeyRange, and no checkpoint',
    hashKeys && `${hashKeys.start} to ${hashKeys.end}`,
  );
  expectOption(
    'filter',
    filter === undefined || typeof filter.isWanted === 'function',
    'a RecordFilter',
    filter,
  );
  expectOption(
    'readsPerSecond',
    readsPerSecond > 0 && readsPerSecond <= SHARD_READ_CALLS_PER_SECOND,
    `a number above 0, up to ${SHARD_READ_CALLS_PER_SECOND}`,
    readsPerSecond,
  );
  expectOption('pollIntervalMs', pollIntervalMs >= 0, 'a number from 0', pollIntervalMs);
  expectOption('idleIntervalMs', idleIntervalMs >= 0, 'a number from 0', idleIntervalMs);
  expectOption(
    'whenHidden',
    whenHidden === 'pause' || whenHidden === 'read',
    "'pause' or 'read'",
    whenHidden,
  );
  expectOption(
    'maxRecordsPerRead',
    Number.isInteger(maxRecordsPerRead) &&
      maxRecordsPerRead > 0 &&
      maxRecordsPerRead <= MAX_RECORDS_PER_READ,
    `1 to ${MAX_RECORDS_PER_READ}`,
    maxRecordsPerRead,
  );
  return resolved;
}

function isStartPosition(from: StartPosition): boolean {
  if (typeof from === 'string') return from === 'LATEST' || from === 'TRIM_HORIZON';
  if ('atTimestamp' in from) return Number.isFinite(from.atTimestamp);
  const numbers = Object.values(from.afterSequenceNumbers ?? { none: '' });
  return numbers.every((number) => /^\d{1,129}$/.test(number));
}
