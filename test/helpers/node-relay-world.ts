/** A relay in Node before a fake Kinesis, both on loopback. */

import { buffer } from 'node:stream/consumers';
import type { SessionAnswer } from '../../src/protocol/session.ts';
import { createNodeRelay, type NodeRelay, type NodeRelayOptions } from '../../worker/node/index.ts';
import { createFakeKinesis, type FakeKinesis } from './fake-kinesis/index.ts';
import { serveOnLoopback } from './loopback-server.ts';

const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI' };
export const SECRET = 'a secret of at least thirty-two characters';
export const SHOP = { name: 'shop', stream: 'clickstream', origins: '*', ip: 'full' };

export interface NodeRelayWorld {
  readonly relay: NodeRelay;
  readonly url: string;
  readonly kinesis: FakeKinesis;
  /** Every line of the relay's log, parsed. */
  readonly logs: Record<string, unknown>[];
  /** Kinesis answers nobody until the returned function is called. */
  readonly hold: () => () => void;
  /** Resolves when a call has come to Kinesis. */
  readonly called: () => Promise<void>;
  readonly openSession: () => Promise<SessionAnswer>;
  readonly stop: () => Promise<void>;
}

export function variablesFor(kinesisUrl: string): Record<string, string> {
  return {
    RELAY_SECRET: SECRET,
    RELAY_AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    RELAY_AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    RELAY_AWS_REGION: 'us-east-1',
    RELAY_KINESIS_ENDPOINT: kinesisUrl,
    SOURCES: JSON.stringify({ wk_shop: SHOP }),
  };
}

/** A fake Kinesis with the stream `clickstream`, which checks the signatures that {@link variablesFor} leads to. */
export async function startKinesis() {
  const kinesis = createFakeKinesis({ credentials: CREDENTIALS });
  kinesis.call('CreateStream', { StreamName: 'clickstream', ShardCount: 2 });
  let held = Promise.resolve();
  let arrived = Promise.withResolvers<void>();
  const server = await serveOnLoopback(async (request, response) => {
    const body = new Uint8Array(await buffer(request));
    arrived.resolve();
    await held;
    const headers = request.headers as Record<string, string>;
    const answer = kinesis.handle({ method: 'POST', path: request.url ?? '/', headers, body });
    if (!answer) return void request.socket.destroy();
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  return {
    ...{ kinesis, url: server.origin, stop: server.stop },
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      arrived = Promise.withResolvers();
      return resolve;
    },
    called: () => arrived.promise,
  };
}

export async function startNodeRelay(
  options: Partial<NodeRelayOptions> = {},
): Promise<NodeRelayWorld> {
  const { kinesis, url: kinesisUrl, stop, hold, called } = await startKinesis();
  const logs: Record<string, unknown>[] = [];
  const relay = createNodeRelay({
    log: (line) => logs.push(JSON.parse(line)),
    ...options,
    env: { ...variablesFor(kinesisUrl), ...options.env },
  });
  const url = `http://127.0.0.1:${await relay.listen()}`;
  return {
    ...{ relay, url, kinesis, logs, hold, called },
    openSession: async () => {
      const body = JSON.stringify({ writeKey: 'wk_shop', client: 'client-1', sdk: 'test/1' });
      const response = await fetch(`${url}/v1/session`, { method: 'POST', body });
      if (!response.ok) throw new Error(await response.text());
      return (await response.json()) as SessionAnswer;
    },
    async stop() {
      await relay.close(0);
      await stop();
    },
  };
}
