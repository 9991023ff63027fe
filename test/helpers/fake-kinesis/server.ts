import { buffer } from 'node:stream/consumers';
import { serveOnLoopback } from '../loopback-server.ts';
import type { FakeKinesis } from './fake-kinesis.ts';

export interface FakeKinesisServer {
  readonly endpoint: string;
  readonly close: () => Promise<void>;
}

/** Puts a fake on a free port of 127.0.0.1. */
export async function serveFakeKinesis(fake: FakeKinesis): Promise<FakeKinesisServer> {
  const server = await serveOnLoopback(async (request, response) => {
    const body = new Uint8Array(await buffer(request));
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    const answer = fake.handle({
      method: request.method ?? '',
      path: request.url ?? '/',
      headers,
      body,
    });
    if (!answer) return void request.socket.destroy();
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  return { endpoint: server.origin, close: server.stop };
}
