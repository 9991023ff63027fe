import type { Handler, ParkedRecord } from '../consumer/run/types.ts';
import type { RecordFilter } from '../consumer/sink.ts';
import type { ConsumedRecord } from '../consumer/types.ts';
import { expectOption } from '../errors.ts';
import { platformRuntime, type Runtime } from '../runtime.ts';

/** Why a batch was not done to its end, and which record is the first that Lambda has to bring again. */
export interface KinesisFailure {
  readonly record: ConsumedRecord;
  readonly error: unknown;
}

export interface KinesisHandlerOptions {
  /** Records of one call, at most. @default 100 */
  readonly batchSize?: number;
  /** Calls with a single record before it is parked. Without `park` there is one: it is Lambda that tries again. @default 3 */
  readonly attempts?: number;
  /** Before the second of them, in milliseconds; doubles with each further up to 5 s, with full jitter. @default 200 */
  readonly retryDelayMs?: number;
  /**
   * Keeps what the handler refuses, so that the records behind it go on. Without it Lambda brings the batch again from there,
   * until the retries of the event source mapping end: then it leaves out all that is left of the batch.
   * @default none
   */
  readonly park?: (parked: ParkedRecord) => unknown;
  /** Leaves records out, such as `withoutDuplicates()`: what came again, as Lambda hands out at least once. @default none */
  readonly filter?: RecordFilter;
  /** Kept of the function's time for the answer, in milliseconds: what is not begun by then is asked for again. @default 1000 */
  readonly reserveMs?: number;
  /** False where the event source mapping lacks ReportBatchItemFailures: a failure is thrown, the batch comes again whole. @default true */
  readonly reportsFailures?: boolean;
  /** Hears of each failure that is reported. @default the function's log */
  readonly onFailure?: (failure: KinesisFailure) => void;
  readonly runtime?: Pick<Runtime, 'now' | 'random' | 'delay'>;
}

export type ResolvedKinesisOptions = Required<Omit<KinesisHandlerOptions, 'park' | 'filter'>> &
  Pick<KinesisHandlerOptions, 'park' | 'filter'>;

const DEFAULTS = {
  batchSize: 100,
  attempts: 3,
  retryDelayMs: 200,
  reserveMs: 1000,
  reportsFailures: true,
} as const;

export function resolveKinesisOptions(
  handler: Handler,
  options: KinesisHandlerOptions,
): ResolvedKinesisOptions {
  const resolved = {
    ...DEFAULTS,
    onFailure: logFailure,
    ...options,
    runtime: options.runtime ?? platformRuntime(),
  };
  const { batchSize, attempts, retryDelayMs, reserveMs, park } = resolved;
  expectOption('handler', typeof handler === 'function', 'a function', handler);
  expectOption('batchSize', isCount(batchSize), 'a whole number from 1', batchSize);
  expectOption('attempts', isCount(attempts), 'a whole number from 1', attempts);
  expectOption('retryDelayMs', retryDelayMs >= 0, 'a number from 0', retryDelayMs);
  expectOption('reserveMs', reserveMs >= 0, 'a number from 0', reserveMs);
  expectOption('park', park === undefined || typeof park === 'function', 'a function', park);
  return resolved;
}

/** What Lambda is told by a sequence number says nothing of the reason. */
function logFailure({ record, error }: KinesisFailure): void {
  const { shardId, sequenceNumber, subSequenceNumber } = record;
  const at = `${shardId}, record ${sequenceNumber}.${subSequenceNumber}`;
  console.error(`rivulet: ${at}: not done, asked for again:`, error);
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value > 0;
}
