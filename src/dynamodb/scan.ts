import { ScanCommand, type ScanCommandInput } from '@aws-sdk/client-dynamodb';
import type { Runtime } from '../runtime.ts';
import { type LeaseTableRow, rowOf } from './lease-item.ts';
import { type DynamoDbSender, nameOf, sendPatiently } from './throttle.ts';

/** Every lease of a table, page by page. */
export async function scanLeases(
  client: DynamoDbSender,
  request: Pick<ScanCommandInput, 'ConsistentRead'> & { readonly TableName: string },
  runtime: Pick<Runtime, 'random' | 'delay'>,
): Promise<readonly LeaseTableRow[]> {
  const rows: LeaseTableRow[] = [];
  for (let start: ScanCommandInput['ExclusiveStartKey']; ; ) {
    const input = { ...request, ...(start && { ExclusiveStartKey: start }) };
    const page = await sendPatiently(() => client.send(new ScanCommand(input)), runtime).catch(
      (thrown: unknown) => {
        if (nameOf(thrown) !== 'ResourceNotFoundException') throw thrown;
        const text = `table "${request.TableName}": expected it to be there, got none in this account and region`;
        throw new Error(text, { cause: thrown });
      },
    );
    for (const item of page.Items ?? []) {
      const row = rowOf(item);
      if (row) rows.push(row);
    }
    start = page.LastEvaluatedKey;
    if (!start) return rows;
  }
}
