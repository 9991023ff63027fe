import { createRequire } from 'node:module';
import type { UserRecord } from '../../src/protocol/aggregate.ts';

interface LambdaRecord {
  /** base64 */
  readonly data: string;
  readonly sequenceNumber: string;
  readonly partitionKey: string;
}

export interface SdkRecord {
  readonly Data: Uint8Array;
  readonly SequenceNumber: string;
  readonly PartitionKey: string;
}

/** The part of the package that tests use. Its own types need two packages that are not here. */
interface Peer {
  readonly deaggregateSync: (
    record: LambdaRecord | SdkRecord,
    computeChecksums: boolean,
    done: (error: Error | undefined, records?: readonly unknown[]) => void,
  ) => void;
  readonly RecordAggregator: new () => {
    readonly addUserRecord: (record: UserRecord) => void;
    readonly build: () => { readonly data: Uint8Array };
  };
}

export interface PeerRecord {
  readonly partitionKey: string;
  readonly explicitPartitionKey?: string;
  /** base64 */
  readonly data: string;
}

const peer: Peer = createRequire(import.meta.url)('aws-kinesis-agg');

/** What aws-kinesis-agg reads in a record of base64 data. Throws where it reports an error. */
export function peerDecode(data: string): readonly PeerRecord[] {
  let found: readonly PeerRecord[] = [];
  peer.deaggregateSync(
    { data, sequenceNumber: '1', partitionKey: 'outer' },
    true,
    (error, records) => {
      if (error) throw error;
      found = (records ?? []) as readonly PeerRecord[];
    },
  );
  return found;
}

/** The bytes of all that it reads in a record as the AWS SDK hands it out: its results are base64 then too. */
export function peerBytes(record: SdkRecord): number {
  let bytes = 0;
  peer.deaggregateSync(record, true, (error, records) => {
    if (error) throw error;
    // Named as the SDK names them.
    for (const { Data } of (records ?? []) as readonly { readonly Data: string }[]) {
      bytes += Buffer.from(Data, 'base64').length;
    }
  });
  return bytes;
}

export function peerEncode(records: readonly UserRecord[]): Uint8Array {
  const aggregator = new peer.RecordAggregator();
  for (const record of records) {
    aggregator.addUserRecord({ ...record, data: Buffer.from(record.data) });
  }
  return aggregator.build().data;
}
