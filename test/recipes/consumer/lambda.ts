import { withoutDuplicates } from 'rivulet/consumer';
import { handleKinesis } from 'rivulet/lambda';

async function post(path: string, lines: readonly string[], signal?: AbortSignal): Promise<void> {
  const answer = await fetch(`https://warehouse.example.com/${path}`, {
    method: 'POST',
    body: lines.join('\n'),
    ...(signal && { signal }),
  });
  if (!answer.ok) throw new Error(`the warehouse answered ${answer.status}`);
}

// The event source mapping says FunctionResponseTypes: [ReportBatchItemFailures].
export const handler = handleKinesis(
  async (records, { signal }) => {
    const rows = records.flatMap(({ event }) => (event ? [JSON.stringify(event)] : []));
    if (rows.length > 0) await post('rows', rows, signal);
  },
  {
    // Lives as long as this instance of the function: copies that come to it are left out.
    filter: withoutDuplicates(),
    // What the warehouse refuses three times is kept, so that what stands behind it goes on.
    park: ({ record: { shardId, sequenceNumber, data }, error }) =>
      post('parked', [
        JSON.stringify({ shardId, sequenceNumber, error: `${error}`, data: [...data] }),
      ]),
  },
);
