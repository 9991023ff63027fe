/** A Kinesis that stores nothing and says yes at once: what is left is the cost of asking. */

import { createServer } from 'node:http';
import { listen } from './listen.ts';

export interface StubKinesis {
  readonly url: string;
  readonly close: () => void;
}

export async function startStubKinesis(): Promise<StubKinesis> {
  const answers = new Map<number, string>();
  const server = createServer((request, response) => {
    let entries = 0;
    let rest = '';
    request.setEncoding('latin1');
    request.on('data', (chunk: string) => {
      const parts = (rest + chunk).split('"PartitionKey"');
      entries += parts.length - 1;
      rest = parts.at(-1)?.slice(-16) ?? '';
    });
    request.on('end', () => {
      const answer = answers.get(entries) ?? writeAnswer(entries);
      answers.set(entries, answer);
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(answer);
    });
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function writeAnswer(entries: number): string {
  const SequenceNumber = '49666716197061357389751170868210642467623031110770360321';
  const entry = { SequenceNumber, ShardId: 'shardId-000000000000' };
  return JSON.stringify({ FailedRecordCount: 0, Records: new Array(entries).fill(entry) });
}
