/**
 * The lease table of the Kinesis Client Library, as its versions 2 and 3 write it: DynamoDBLeaseSerializer and
 * DynamoDBMultiStreamLeaseSerializer of github.com/awslabs/amazon-kinesis-client. What version 3 has added (`throughputKBps`,
 * `checkpointOwner`, rows of other kinds) is read, and left as it is.
 */

import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Checkpoint, Lease } from '../consumer/checkpoint/types.ts';
import type { Position } from '../consumer/types.ts';

export type Item = Record<string, AttributeValue>;

/** A row of a lease table, whoever wrote it. */
export interface LeaseTableRow {
  /** The shard's id, or `<account>:<stream>:<creation>:<shard id>` where one table is for several streams. */
  readonly leaseKey: string;
  readonly shardId: string;
  /** `<account>:<stream>:<creation>` where one table is for several streams. */
  readonly stream: string | undefined;
  /** The worker that reads it. */
  readonly owner: string | undefined;
  /** The worker that finishes before the owner begins (version 3). */
  readonly handedOverBy: string | undefined;
  readonly counter: number;
  readonly switches: number;
  /** How far it is done. `AT_TIMESTAMP` is a beginning whose time only the application knows. */
  readonly checkpoint: Checkpoint | 'AT_TIMESTAMP';
  /** Begun and not yet done: a worker that prepares its checkpoints. */
  readonly pendingCheckpoint: Position | undefined;
  readonly parents: readonly string[];
  readonly children: readonly string[];
  readonly hashKeys: { readonly start: string; readonly end: string } | undefined;
  /** Kilobytes per second, as the owner measured it (version 3). */
  readonly throughputKBps: number | undefined;
  /** Whether Rivulet wrote it. */
  readonly isOurs: boolean;
}

/** Says of a row that it is ours: a Kinesis Client Library passes over attributes that it does not know. */
export const OURS: Item = { writtenBy: { S: 'rivulet' } };

/** What a row says of a lease. Attributes without a value are to be removed. */
export function attributesOf(
  lease: Omit<Lease, 'shardId'>,
): Record<string, AttributeValue | undefined> {
  const { checkpoint, owner, counter, switches, parents, hashKeys } = lease;
  return {
    ...OURS,
    leaseOwner: owner === undefined ? undefined : { S: owner },
    leaseCounter: { N: `${counter}` },
    ownerSwitchesSinceCheckpoint: { N: `${switches}` },
    ...checkpointAttributes(checkpoint),
    // A set is never empty.
    parentShardId: parents.length > 0 ? { SS: [...parents] } : undefined,
    startingHashKey: hashKeys && { S: hashKeys.start },
    endingHashKey: hashKeys && { S: hashKeys.end },
  };
}

function checkpointAttributes(checkpoint: Checkpoint): Record<string, AttributeValue | undefined> {
  const place = (text: string, sub = 0, atTimestamp?: number) => ({
    checkpoint: { S: text },
    checkpointSubSequenceNumber: { N: `${sub}` },
    // Ours: the Kinesis Client Library has the time from its configuration.
    checkpointTimestamp: atTimestamp === undefined ? undefined : { N: `${atTimestamp}` },
  });
  if (typeof checkpoint === 'string') return place(checkpoint);
  if ('atTimestamp' in checkpoint) return place('AT_TIMESTAMP', 0, checkpoint.atTimestamp);
  return place(checkpoint.sequenceNumber, checkpoint.subSequenceNumber);
}

/** `undefined` for a row of another kind, which version 3.5 may keep beside the leases. Throws where it cannot be read. */
export function rowOf(item: Item): LeaseTableRow | undefined {
  const kind = item.entityType?.S;
  if (kind !== undefined && kind !== 'LEASE') return undefined;
  const leaseKey = item.leaseKey?.S;
  const counter = numberOf(item.leaseCounter);
  const checkpoint = checkpointOf(item);
  if (leaseKey === undefined || counter === undefined || checkpoint === undefined) {
    throw new Error(
      `lease table: expected leaseKey, leaseCounter and checkpoint, got ${JSON.stringify(item)}`,
    );
  }
  const pending = item.pendingCheckpoint?.S;
  const { startingHashKey, endingHashKey } = item;
  return {
    leaseKey,
    shardId: item.shardId?.S ?? leaseKey.slice(leaseKey.lastIndexOf(':') + 1),
    stream: item.streamName?.S,
    owner: item.leaseOwner?.S,
    handedOverBy: item.checkpointOwner?.S,
    counter,
    switches: numberOf(item.ownerSwitchesSinceCheckpoint) ?? 0,
    checkpoint,
    pendingCheckpoint:
      pending !== undefined && /^\d+$/.test(pending)
        ? {
            sequenceNumber: pending,
            subSequenceNumber: numberOf(item.pendingCheckpointSubSequenceNumber) ?? 0,
          }
        : undefined,
    parents: item.parentShardId?.SS ?? [],
    children: item.childShardIds?.SS ?? [],
    hashKeys:
      startingHashKey?.S !== undefined && endingHashKey?.S !== undefined
        ? { start: startingHashKey.S, end: endingHashKey.S }
        : undefined,
    throughputKBps: numberOf(item.throughputKBps),
    isOurs: item.writtenBy?.S === OURS.writtenBy?.S,
  };
}

function checkpointOf(item: Item): LeaseTableRow['checkpoint'] | undefined {
  const text = item.checkpoint?.S;
  if (text === 'SHARD_END' || text === 'TRIM_HORIZON' || text === 'LATEST') return text;
  if (text === 'AT_TIMESTAMP') {
    const atTimestamp = numberOf(item.checkpointTimestamp);
    return atTimestamp === undefined ? text : { atTimestamp };
  }
  if (text === undefined || !/^\d+$/.test(text)) return undefined;
  return {
    sequenceNumber: text,
    subSequenceNumber: numberOf(item.checkpointSubSequenceNumber) ?? 0,
  };
}

function numberOf(value: AttributeValue | undefined): number | undefined {
  return value?.N === undefined ? undefined : Number(value.N);
}
