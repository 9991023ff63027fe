import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { RivuletError } from '../errors.ts';
import { platformRuntime, type Runtime } from '../runtime.ts';
import type { StartPosition } from './types.ts';

/** Anything that sends commands as a `KinesisClient` does. */
export type KinesisReader = Pick<KinesisClient, 'send'>;

export interface ConsumerOptions {
  /** Amazon Kinesis, the local stream, or the relay's read door. */
  readonly client: KinesisReader;
  /** The stream's name, or its ARN. */
  readonly stream: string;
  /** @default 'LATEST' */
  readonly from?: StartPosition;
  /** Between two reads of a shard at its end. Five reads per second and shard are shared by all readers. @default 1000 */
  readonly pollIntervalMs?: number;
  /** Kinesis records of one read, and records that may wait to be pulled before reading pauses. @default 1000 */
  readonly maxRecordsPerRead?: number;
  /** Ends the iteration as `close` does. */
  readonly signal?: AbortSignal;
  readonly runtime?: Pick<Runtime, 'now' | 'random' | 'delay'>;
}

export type ResolvedOptions = Required<Omit<ConsumerOptions, 'signal'>> & {
  readonly signal: AbortSignal | undefined;
};

const DEFAULTS = { from: 'LATEST', pollIntervalMs: 1000, maxRecordsPerRead: 1000 } as const;

/** docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html, `Limit` */
const MAX_RECORDS_PER_READ = 10_000;

export function resolveOptions(options: ConsumerOptions): ResolvedOptions {
  const resolved = {
    ...DEFAULTS,
    signal: undefined,
    ...options,
    runtime: options.runtime ?? platformRuntime(),
  };
  const { client, stream, from, pollIntervalMs, maxRecordsPerRead } = resolved;
  expect('client', typeof client?.send === 'function', 'a KinesisClient', client);
  expect('stream', typeof stream === 'string' && stream !== '', 'a name or an ARN', stream);
  expect('from', isPosition(from), 'a StartPosition', from);
  expect('pollIntervalMs', pollIntervalMs >= 0, 'a number from 0', pollIntervalMs);
  expect(
    'maxRecordsPerRead',
    Number.isInteger(maxRecordsPerRead) &&
      maxRecordsPerRead > 0 &&
      maxRecordsPerRead <= MAX_RECORDS_PER_READ,
    `1 to ${MAX_RECORDS_PER_READ}`,
    maxRecordsPerRead,
  );
  return resolved;
}

function isPosition(from: StartPosition): boolean {
  if (typeof from === 'string') return from === 'LATEST' || from === 'TRIM_HORIZON';
  return 'atTimestamp' in from || 'afterSequenceNumbers' in from;
}

function expect(option: string, holds: boolean, expected: string, got: unknown): void {
  if (!holds)
    throw new RivuletError('invalid_option', `${option}: expected ${expected}, got ${got}`);
}
