/** A Kinesis that says what the test wrote down for it, and remembers what it was asked. */

import { createHash } from 'node:crypto';
import { vi } from 'vitest';
import { decodeAggregate } from '../../src/protocol/aggregate.ts';
import type { StreamRecord } from '../../src/protocol/event.ts';

export interface Call {
  readonly operation: string;
  readonly url: string;
  readonly headers: Headers;
  readonly input: {
    readonly StreamName?: string;
    readonly Records: readonly { readonly Data: string; readonly PartitionKey: string }[];
    readonly [field: string]: unknown;
  };
}

export type Reply = (call: Call, index: number) => Response | Promise<Response>;

export const SHARD = 'shardId-000000000000';

/** Answers each call with the next reply; the last one answers the rest. Without replies everything is stored. */
export function scriptKinesis(...replies: Reply[]) {
  const calls: Call[] = [];
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    // As the real one does, which a request made of it here would not.
    init?.signal?.throwIfAborted();
    const request = new Request(input, init);
    const call: Call = {
      operation: (request.headers.get('x-amz-target') ?? '').replace('Kinesis_20131202.', ''),
      url: request.url,
      headers: request.headers,
      input: await request.json(),
    };
    const index = calls.push(call) - 1;
    return (replies[Math.min(index, replies.length - 1)] ?? stored)(call, index);
  });
  return { calls, records: () => calls.flatMap(recordsOf) };
}

/** Everything is stored; sequence numbers count calls and entries. */
export const stored: Reply = ({ operation, input }, index) =>
  operation === 'PutRecord'
    ? answer(storedEntry(index * 1000))
    : answer({
        FailedRecordCount: 0,
        Records: input.Records.map((_, entry) => storedEntry(index * 1000 + entry)),
      });

/** The entries whose keys are named fail, the others are stored. */
export function failing(code: string, keys: readonly string[]): Reply {
  return ({ input }, index) => {
    const Records = input.Records.map(({ PartitionKey }, entry) =>
      keys.includes(PartitionKey)
        ? { ErrorCode: code, ErrorMessage: `Rate exceeded for shard ${SHARD}` }
        : storedEntry(index * 1000 + entry),
    );
    return answer({ FailedRecordCount: keys.length, Records });
  };
}

/** The whole call fails. */
export function refusing(status: number, type: string): Reply {
  return () => answer({ __type: `com.amazonaws.kinesis#${type}`, message: 'no' }, status);
}

/** The connection ends before an answer. */
export const silent: Reply = () => Promise.reject(new Error('Network connection lost.'));

export function answer(body: unknown, status = 200): Response {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': 'r-1' };
  return new Response(JSON.stringify(body), { status, headers });
}

/** What one call carries, aggregates opened. */
export function recordsOf({ input }: Call): { partitionKey: string; record: StreamRecord }[] {
  // PutRecord has its one record in the call itself.
  const records = input.Records ?? [input as unknown as (typeof input.Records)[number]];
  return records.flatMap(({ Data, PartitionKey }) => {
    const data = Buffer.from(Data, 'base64');
    const decoded = decodeAggregate(data, md5);
    const parts =
      decoded.kind === 'aggregate' ? decoded.records : [{ partitionKey: PartitionKey, data }];
    return parts.map((part) => ({
      partitionKey: part.partitionKey,
      record: JSON.parse(new TextDecoder().decode(part.data)),
    }));
  });
}

export function md5(bytes: Uint8Array): Uint8Array {
  return createHash('md5').update(bytes).digest();
}

function storedEntry(sequence: number) {
  return { ShardId: SHARD, SequenceNumber: `4954${sequence}`, ErrorCode: null, ErrorMessage: null };
}
