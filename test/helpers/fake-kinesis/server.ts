import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { FakeKinesis } from './fake-kinesis.ts';

export interface FakeKinesisServer {
  readonly endpoint: string;
  readonly close: () => Promise<void>;
}

/** Puts a fake on a free port of 127.0.0.1. */
export async function serveFakeKinesis(fake: FakeKinesis): Promise<FakeKinesisServer> {
  const server = createServer(async (request, response) => {
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
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
