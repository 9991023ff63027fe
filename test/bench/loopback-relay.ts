import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { isGzip, parseHead, parsePayload } from '../../src/protocol/batch.ts';
import type { BatchAnswer, Receipt, RefusalAnswer } from '../../src/protocol/receipt.ts';
import type { SessionAnswer } from '../../src/protocol/session.ts';

/** Answers as a relay whose stream has no time: what is captured stays in the log. */
export function answerBusy(_request: IncomingMessage, response: ServerResponse): void {
  const answer: RefusalAnswer = { code: 'stream_unavailable', reason: 'benchmark', after: 60_000 };
  send(response, 503, answer);
}

/** Answers as a relay that stores everything at once. */
export async function answerStored(
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = Uint8Array.from(await buffer(request));
  if (request.url?.endsWith('/v1/session')) {
    const answer: SessionAnswer = {
      token: 'benchmark.token',
      key: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
      expires: Date.now() + 3_600_000,
      now: Date.now(),
      config: {},
    };
    return send(response, 200, answer);
  }
  const parsed = parseHead(body);
  if (!parsed.ok) return send(response, 400, parsed);
  const { payload } = parsed.value;
  const text = new TextDecoder().decode(isGzip(payload) ? gunzipSync(payload) : payload);
  const batch = parsePayload(text);
  if (!batch.ok) return send(response, 400, batch);
  const receipts = batch.value.segments.map(
    ({ lane, first, lines }): Receipt => ({
      lane,
      first,
      count: lines.length,
      status: 'stored',
      shard: 'shardId-000000000000',
      sequence: '1',
    }),
  );
  const answer: BatchAnswer = { now: Date.now(), receipts };
  send(response, 200, answer);
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'retry-after': '60' });
  response.end(JSON.stringify(body));
}
