import { KinesisError, validation } from './errors.ts';
import { decodeIterator, encodeIterator, type IteratorRequest, placeOf } from './iterators.ts';
import type { FakeShard, StoredRecord } from './shard.ts';
import type { FakeStream } from './stream.ts';

/** docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html */
const MAX_READ_RECORDS = 10_000;
const MAX_READ_BYTES = 10 * 1024 * 1024;

export function getShardIterator(
  stream: FakeStream,
  request: IteratorRequest & { readonly ShardId?: string },
  now: number,
): object {
  const shard = stream.shard(request.ShardId ?? '');
  if (isExpired(shard, stream)) {
    throw new KinesisError(
      'ResourceNotFoundException',
      `Shard ${shard.shardId} in stream ${stream.name} does not exist`,
    );
  }
  if (!shard.admitsIterator()) throw readThrottle(shard, stream);
  const next = Math.max(placeOf(shard, request, now), shard.firstSince(stream.trimHorizon()));
  return {
    ShardIterator: encodeIterator({
      stream: stream.name,
      shardId: shard.shardId,
      next,
      createdAt: now,
    }),
  };
}

export function getRecords(
  find: (stream: string) => FakeStream,
  request: { readonly ShardIterator?: string; readonly Limit?: number },
  now: number,
): object {
  const { Limit: limit = MAX_READ_RECORDS } = request;
  if (limit < 1 || limit > MAX_READ_RECORDS) {
    throw validation(limit, 'limit', `have value less than or equal to ${MAX_READ_RECORDS}`);
  }
  const cursor = decodeIterator(request.ShardIterator ?? '', now);
  const stream = find(cursor.stream);
  const shard = stream.shard(cursor.shardId);
  if (!shard.admitsRead()) throw readThrottle(shard, stream);
  const start = Math.max(cursor.next, shard.firstSince(stream.trimHorizon()));
  const page = pageOf(shard, start, limit);
  shard.noteRead(page.reduce((sum, { data }) => sum + data.length, 0));
  const next = start + page.length;
  const unread = shard.records[next];
  const isEnd = !unread && shard.endingSequenceNumber() !== undefined;
  return {
    Records: page.map(wireRecord),
    MillisBehindLatest: unread ? Math.max(1, now - unread.arrivedAt) : 0,
    ...(isEnd
      ? { ChildShards: childrenOf(stream, shard) }
      : { NextShardIterator: encodeIterator({ ...cursor, next, createdAt: now }) }),
  };
}

/** At most `limit` records and 10 MiB, one record at least. */
function pageOf(shard: FakeShard, start: number, limit: number): StoredRecord[] {
  const page: StoredRecord[] = [];
  let bytes = 0;
  for (const record of shard.records.slice(start, start + limit)) {
    bytes += record.data.length;
    if (page.length > 0 && bytes > MAX_READ_BYTES) break;
    page.push(record);
  }
  return page;
}

/** Closed, and older than the retention: docs.aws.amazon.com/streams/latest/dev/kinesis-using-sdk-java-after-resharding.html */
export function isExpired(shard: FakeShard, stream: FakeStream): boolean {
  return (shard.closedAt() ?? Number.POSITIVE_INFINITY) < stream.trimHorizon();
}

function childrenOf(stream: FakeStream, parent: FakeShard): object[] {
  return stream.shards
    .filter(({ parents }) => parents.includes(parent.shardId))
    .map((child) => ({
      ShardId: child.shardId,
      ParentShards: child.parents,
      HashKeyRange: wireRange(child),
    }));
}

function wireRecord({ data, partitionKey, sequenceNumber, arrivedAt }: StoredRecord): object {
  return {
    ApproximateArrivalTimestamp: arrivedAt / 1000,
    Data: Buffer.from(data).toString('base64'),
    EncryptionType: 'NONE',
    PartitionKey: partitionKey,
    SequenceNumber: sequenceNumber,
  };
}

export function wireRange({ hashKeys }: Pick<FakeShard, 'hashKeys'>): object {
  return { StartingHashKey: `${hashKeys.start}`, EndingHashKey: `${hashKeys.end}` };
}

function readThrottle({ shardId }: FakeShard, { name }: FakeStream): KinesisError {
  return new KinesisError(
    'ProvisionedThroughputExceededException',
    `Rate exceeded for shard ${shardId} in stream ${name}.`,
  );
}
