/** Partition keys, and the shard that Kinesis will choose for one. */

/**
 * What a source spreads its events by. A path such as `properties.deviceId` reads the record.
 * docs.aws.amazon.com/streams/latest/dev/key-concepts.html#partition-key
 */
export type PartitionRule =
  | 'client'
  | 'session'
  | 'user'
  | 'lane'
  | 'random'
  /** None: the stream distributes records itself (`RecordDistributionStrategy` AUTO, on-demand streams). */
  | 'auto'
  | `properties.${string}`
  | `context.${string}`
  | `traits.${string}`;

/** MD5 of bytes, 16 bytes. Passed in: a Worker has a native one, a page needs a library, the client needs none. */
export type Md5 = (bytes: Uint8Array) => Uint8Array;

/** A run of the 128-bit hash key space, both ends included. */
export interface HashKeyRange {
  readonly start: bigint;
  readonly end: bigint;
}

/** The place of a partition key in the hash key space: MD5 of its UTF-8, big-endian. */
export function hashKeyOf(partitionKey: string, md5: Md5): bigint {
  return toBigInt(md5(new TextEncoder().encode(partitionKey)));
}

export function isInRange(hashKey: bigint, range: HashKeyRange): boolean {
  return hashKey >= range.start && hashKey <= range.end;
}

/** Whether two runs share a hash key. */
export function doRangesOverlap(one: HashKeyRange, other: HashKeyRange): boolean {
  return one.start <= other.end && other.start <= one.end;
}

function toBigInt(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return value;
}
