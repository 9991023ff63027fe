import {
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
  ListShardsCommand,
} from '@aws-sdk/client-kinesis';
import type { Page } from 'playwright-core';

/** A call as the page made it. */
export interface RoutedCall {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** When it was answered, milliseconds since 1970. */
  readonly at: number;
  readonly output: Readonly<Record<string, unknown>>;
}

const COMMANDS = {
  DescribeStreamSummary: DescribeStreamSummaryCommand,
  GetRecords: GetRecordsCommand,
  GetShardIterator: GetShardIteratorCommand,
  ListShards: ListShardsCommand,
} as const;

/** Answers the page's reads as the relay's read door would, from this client's stream. */
export async function routeKinesis(
  page: Page,
  client: KinesisClient,
): Promise<readonly RoutedCall[]> {
  const calls: RoutedCall[] = [];
  await page.route('**/v1/kinesis', async (route) => {
    const target = (await route.request().headerValue('x-amz-target')) ?? '';
    const operation = target.replace('Kinesis_20131202.', '');
    const { Timestamp, ...input } = route.request().postDataJSON() as Record<string, unknown>;
    const Command = COMMANDS[operation as keyof typeof COMMANDS] as typeof GetRecordsCommand;
    try {
      const command = new Command({
        ...input,
        ...(Timestamp !== undefined && { Timestamp: new Date(Number(Timestamp) * 1000) }),
      } as never);
      const { $metadata, ...output } = await client.send(command);
      calls.push({ operation, input, at: Date.now(), output: output as RoutedCall['output'] });
      const Records = output.Records?.map((record) => ({
        ...record,
        Data: Buffer.from(record.Data ?? []).toString('base64'),
        ApproximateArrivalTimestamp: (record.ApproximateArrivalTimestamp?.getTime() ?? 0) / 1000,
      }));
      await route.fulfill({ json: { ...output, ...(Records && { Records }) } });
    } catch (thrown) {
      const { name, message } = thrown as Error;
      // The page may be closed by now: then nobody waits for the answer.
      await route.fulfill({ status: 400, json: { __type: name, message } }).catch(() => {});
    }
  });
  return calls;
}
