/** Kinesis as the relay uses it: the AWS SDK's client, without its retries. */

import { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { FetchHttpHandler } from '@smithy/fetch-http-handler';
import type { KinesisSettings } from '../sources.ts';
import { type CallFailure, classifyCall, classifyEntry, describeError } from './failure.ts';
import { collectBody, NativeSha256 } from './native.ts';
import { encodeUnit, type Unit } from './unit.ts';

/** What became of one unit of a call. */
export type EntryOutcome =
  | { readonly kind: 'stored'; readonly shard: string; readonly sequence: string }
  | { readonly kind: Exclude<CallFailure, 'misconfigured'>; readonly code: string };

/** What became of one call. */
export type CallOutcome =
  | { readonly ok: true; readonly entries: readonly EntryOutcome[] }
  | { readonly ok: false; readonly failure: CallFailure; readonly code: string };

/** Puts at most one unit of each key, in one call. Never rejects. */
export type PutCall = (units: readonly Unit[], timeoutMs: number) => Promise<CallOutcome>;

export function createKinesis({ region, endpoint, credentials }: KinesisSettings): KinesisClient {
  return new KinesisClient({
    region,
    credentials,
    ...(endpoint ? { endpoint } : {}),
    // The SDK would pick HTTP/2 in Node's own build and does not retry what fails here: one behaviour everywhere, ours.
    requestHandler: new FetchHttpHandler(),
    maxAttempts: 1,
    sha256: NativeSha256,
    streamCollector: collectBody,
  });
}

export function createPutCall(kinesis: KinesisClient, stream: string): PutCall {
  return async (units, timeoutMs) => {
    const command = new PutRecordsCommand({
      StreamName: stream,
      Records: units.map((unit) => ({ PartitionKey: unit.partitionKey, Data: encodeUnit(unit) })),
    });
    try {
      const { Records } = await kinesis.send(command, {
        abortSignal: AbortSignal.timeout(timeoutMs),
      });
      // An answer of another length cannot be laid beside the question: nothing in it is known.
      if (Records?.length !== units.length) {
        return { ok: false, failure: 'unavailable', code: 'AnswerLengthMismatch' };
      }
      return { ok: true, entries: Records.map(readEntry) };
    } catch (error) {
      return {
        ok: false,
        failure: classifyCall(error),
        code: describeError(error).name ?? 'Error',
      };
    }
  };
}

/** A 200 is not success, and emulators write `null` where the service leaves out. */
function readEntry(entry: {
  ErrorCode?: string | undefined | null;
  ShardId?: string | undefined | null;
  SequenceNumber?: string | undefined | null;
}): EntryOutcome {
  const { ErrorCode, ShardId, SequenceNumber } = entry;
  if (ErrorCode) return { kind: classifyEntry(ErrorCode), code: ErrorCode };
  if (!ShardId || !SequenceNumber) return { kind: 'unavailable', code: 'AnswerIncomplete' };
  return { kind: 'stored', shard: ShardId, sequence: SequenceNumber };
}
