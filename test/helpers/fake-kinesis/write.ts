import { MAX_PARTITION_KEY_CHARACTERS, MAX_PUT_ENTRIES } from '../../../src/protocol/limits.ts';
import {
  type EntryErrorCode,
  entryErrorText,
  invalid,
  KinesisError,
  validation,
} from './errors.ts';
import type { FakeStream } from './stream.ts';

/** What the API takes, as opposed to what Rivulet sends: docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html */
const MAX_REQUEST_BYTES = 10 * 1024 * 1024;

export interface PutEntry {
  /** base64 */
  readonly Data?: string;
  readonly PartitionKey?: string;
  readonly ExplicitHashKey?: string;
}

interface CheckedEntry {
  readonly data: Uint8Array;
  readonly bytes: number;
  readonly partitionKey: string;
  readonly explicitHashKey: string | undefined;
}

export type EntryFault = (index: number, partitionKey: string) => EntryErrorCode | undefined;

/** PutRecords: checked as a whole, stored entry by entry. */
export function putRecords(
  stream: FakeStream,
  entries: readonly PutEntry[] | undefined,
  account: string,
  fails: EntryFault = () => undefined,
): object {
  if (!entries?.length || entries.length > MAX_PUT_ENTRIES) {
    const bound = entries?.length
      ? `less than or equal to ${MAX_PUT_ENTRIES}`
      : 'greater than or equal to 1';
    throw validation('[...]', 'records', `have length ${bound}`);
  }
  const checked = entries.map((entry, index) =>
    checkEntry(entry, stream, `records.${index + 1}.member.`),
  );
  if (checked.reduce((sum, { bytes }) => sum + bytes, 0) > MAX_REQUEST_BYTES) {
    throw invalid('Records size exceeds 10 MB limit');
  }
  const results = checked.map((entry, index) => {
    const shard = stream.route(entry.partitionKey, entry.explicitHashKey);
    const code =
      fails(index, entry.partitionKey) ??
      (shard.admits(entry.bytes) ? undefined : 'ProvisionedThroughputExceededException');
    if (code) {
      const at = { shardId: shard.shardId, stream: stream.name, account };
      return { ErrorCode: code, ErrorMessage: entryErrorText(code, at) };
    }
    const { shardId, sequenceNumber } = shard.append(entry.partitionKey, entry.data);
    return { SequenceNumber: sequenceNumber, ShardId: shardId };
  });
  return {
    EncryptionType: 'NONE',
    FailedRecordCount: results.filter((result) => 'ErrorCode' in result).length,
    Records: results,
  };
}

/**
 * PutRecord: stored or refused. A number for ordering has to be one that the shard gave: what the service does with the
 * number of another shard is not documented, and this is the harder way.
 */
export function putRecord(
  stream: FakeStream,
  entry: PutEntry & { readonly SequenceNumberForOrdering?: string },
  account: string,
): object {
  const { data, bytes, partitionKey, explicitHashKey } = checkEntry(entry, stream, '');
  const shard = stream.route(partitionKey, explicitHashKey);
  const { SequenceNumberForOrdering: after } = entry;
  if (after !== undefined && !shard.gave(after)) {
    throw invalid(
      `ExclusiveMinimumSequenceNumber ${after} used in PutRecord on stream ${stream.name} under account ${account} is invalid.`,
    );
  }
  if (!shard.admits(bytes)) {
    const code = 'ProvisionedThroughputExceededException';
    const at = { shardId: shard.shardId, stream: stream.name, account };
    throw new KinesisError(code, entryErrorText(code, at));
  }
  const { shardId, sequenceNumber } = shard.append(partitionKey, data);
  return { EncryptionType: 'NONE', SequenceNumber: sequenceNumber, ShardId: shardId };
}

function checkEntry(entry: PutEntry, stream: FakeStream, path: string): CheckedEntry {
  const { Data, ExplicitHashKey: explicitHashKey } = entry;
  // Optional where it is ignored.
  const unnamed = stream.distribution === 'AUTO' ? 'none' : undefined;
  const { PartitionKey: partitionKey = unnamed } = entry;
  if (Data === undefined) throw validation(null, `${path}data`, 'not be null');
  if (partitionKey === undefined) throw validation(null, `${path}partitionKey`, 'not be null');
  const characters = [...partitionKey].length;
  if (characters < 1 || characters > MAX_PARTITION_KEY_CHARACTERS) {
    const bound =
      characters < 1
        ? 'greater than or equal to 1'
        : `less than or equal to ${MAX_PARTITION_KEY_CHARACTERS}`;
    throw validation(partitionKey, `${path}partitionKey`, `have length ${bound}`);
  }
  if (explicitHashKey !== undefined) checkHashKey(explicitHashKey, path);
  const data = Buffer.from(Data, 'base64');
  const bytes = data.length + Buffer.byteLength(partitionKey);
  if (bytes > stream.maxRecordBytes) {
    throw validation(
      'java.nio.HeapByteBuffer[...]',
      `${path}data`,
      `have length less than or equal to ${stream.maxRecordBytes}`,
    );
  }
  return { data, bytes, partitionKey, explicitHashKey };
}

function checkHashKey(explicitHashKey: string, path: string): void {
  const pattern = '0|([1-9]\\d{0,38})';
  if (!new RegExp(`^(${pattern})$`).test(explicitHashKey)) {
    throw validation(
      explicitHashKey,
      `${path}explicitHashKey`,
      `satisfy regular expression pattern: ${pattern}`,
    );
  }
  if (BigInt(explicitHashKey) >= 2n ** 128n) {
    throw invalid(
      `Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was ${explicitHashKey}`,
    );
  }
}
