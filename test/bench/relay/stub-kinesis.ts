/** A Kinesis that stores nothing and says yes at once: what is left is the cost of asking. */

import { createServer } from 'node:http';
import { PUT_PAYLOAD_UNIT_BYTES } from '../../../src/protocol/limits.ts';
import { listen } from './listen.ts';

/** What was put, as Amazon bills it. */
export interface PutCount {
  /** PUT payload units. */
  readonly units: number;
  /** Of data. */
  readonly bytes: number;
}

export interface StubKinesis {
  readonly url: string;
  /** Counts what it is sent from now on, which takes time, until it is asked for the count. */
  readonly countPuts: () => () => PutCount;
  readonly close: () => void;
}

export async function startStubKinesis(): Promise<StubKinesis> {
  const answers = new Map<number, string>();
  let counted: PutCount | undefined;
  const count = (body: string): void => {
    const { Records } = JSON.parse(body) as { Records: { Data: string }[] };
    for (const { Data } of Records) {
      const bytes = Buffer.byteLength(Data, 'base64');
      const { units = 0, bytes: before = 0 } = counted ?? {};
      counted = {
        units: units + Math.ceil(bytes / PUT_PAYLOAD_UNIT_BYTES),
        bytes: before + bytes,
      };
    }
  };
  const server = createServer((request, response) => {
    let body = '';
    let entries = 0;
    let rest = '';
    request.setEncoding('latin1');
    request.on('data', (chunk: string) => {
      if (counted !== undefined) body += chunk;
      const parts = (rest + chunk).split('"PartitionKey"');
      entries += parts.length - 1;
      rest = parts.at(-1)?.slice(-16) ?? '';
    });
    request.on('end', () => {
      if (body) count(body);
      const answer = answers.get(entries) ?? writeAnswer(entries);
      answers.set(entries, answer);
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(answer);
    });
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    countPuts: () => {
      const none = { units: 0, bytes: 0 };
      counted = none;
      return () => {
        const puts = counted ?? none;
        counted = undefined;
        return puts;
      };
    },
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
