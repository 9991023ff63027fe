import { DescribeStreamSummaryCommand } from '@aws-sdk/client-kinesis';
import type { KinesisReader } from './options.ts';

/** What a stream says of itself. What it does not say is `undefined`. */
export interface StreamSummary {
  /** `ACTIVE`, or `UPDATING` while it is resharded. */
  readonly status: string | undefined;
  readonly mode: 'PROVISIONED' | 'ON_DEMAND' | undefined;
  readonly retentionHours: number | undefined;
  readonly encryption: 'NONE' | 'KMS' | undefined;
  readonly openShards: number | undefined;
  /** Registered ones, which read by enhanced fan-out and not in the budget that is shared. */
  readonly consumers: number | undefined;
}

/** Asks once. Needs `kinesis:DescribeStreamSummary`, which reading itself does not. */
export async function describeStream(
  client: KinesisReader,
  stream: string,
): Promise<StreamSummary | undefined> {
  const name = stream.startsWith('arn:') ? { StreamARN: stream } : { StreamName: stream };
  const { StreamDescriptionSummary: said } = await client.send(
    new DescribeStreamSummaryCommand(name),
  );
  return (
    said && {
      status: said.StreamStatus ?? undefined,
      mode: said.StreamModeDetails?.StreamMode ?? undefined,
      retentionHours: said.RetentionPeriodHours ?? undefined,
      encryption: said.EncryptionType ?? undefined,
      openShards: said.OpenShardCount ?? undefined,
      consumers: said.ConsumerCount ?? undefined,
    }
  );
}
