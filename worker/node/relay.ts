/** The relay behind node:http: for a container, a virtual machine, or a device of one's own. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Env } from '../env.ts';
import { answerRefusal, Refusal } from '../http/answer.ts';
import { createRelay } from '../relay.ts';
import { type Limiter, type LimiterName, platformRuntime, type RelayRuntime } from '../runtime.ts';
import { toRequest, writeAnswer } from './exchange.ts';
import { createFileStore } from './file-store.ts';
import { createLimiter, type Rate } from './limiters.ts';
import { createMetrics } from './metrics.ts';
import { type Address, createHttpServer } from './server.ts';

export interface NodeRelayOptions {
  /** The relay's settings by name, those of `wrangler.toml` and its secrets: `process.env` will do. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A JSON file of sources and revocations, read again when it changes. `npx rivulet source put --store-file` writes it. */
  readonly storeFile?: string;
  /** How often somebody may come, counted in this process. @default none is limited */
  readonly limits?: Readonly<Partial<Record<LimiterName, Rate>>>;
  /**
   * The header in which a proxy in front says who connected, such as `x-forwarded-for`; the last address in it counts. Set it
   * only where nobody reaches the relay but through that proxy. @default the socket's own address
   */
  readonly proxyHeader?: string;
  /** Takes a line of JSON. @default standard output */
  readonly log?: (line: string) => void;
}

export interface NodeRelay {
  /** Begins to answer. Resolves to the port; rejects with Node's own error where it cannot be had. */
  readonly listen: (address?: Address) => Promise<number>;
  /** Answers `GET /metrics` for Prometheus, on a port of its own: it names sources and streams, and is not for strangers. */
  readonly listenMetrics: (address?: Address) => Promise<number>;
  /** The text of `/metrics`. */
  readonly metrics: () => Promise<string>;
  /**
   * Takes no new connection, and resolves when all that is under way is answered; what is not after `timeoutMs` (15 seconds
   * by default) is cut off. Clients keep what was not acknowledged.
   */
  readonly close: (timeoutMs?: number) => Promise<void>;
}

/** A put takes five seconds at most, and a client's request thirty. */
const CLOSE_TIMEOUT_MS = 15_000;

const NO_REQUEST = new Refusal('malformed', 'request: expected a method and a path of HTTP');

/** Settings that are wrong are logged, and told at `/v1/health`; they do not throw. */
export function createNodeRelay(options: NodeRelayOptions): NodeRelay {
  const { env, storeFile, limits = {}, proxyHeader, log = writeLine } = options;
  const metrics = createMetrics(() => relay.streams());
  const { record, recordRefusal } = metrics;
  const runtime: RelayRuntime = {
    ...platformRuntime,
    ...{ log, record, recordRefusal, limiters: limitersOf(limits) },
    ...(storeFile === undefined ? {} : { store: createFileStore(storeFile) }),
  };
  // What is missing, the relay finds and names.
  const relay = createRelay(env as Partial<Env> as Env, runtime);

  async function answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const depart = metrics.arrive();
    const request = toRequest(message, proxyHeader);
    const answered = request ? await relay.fetch(request) : answerRefusal(NO_REQUEST);
    await writeAnswer(answered, message, response, server.isClosing());
    depart();
  }

  const server = createHttpServer((message, response) => void answer(message, response));
  const metricsServer = createHttpServer(async ({ url }, response) => {
    if (url !== '/metrics') return void response.writeHead(404).end('expected /metrics\n');
    const text = await metrics.text();
    response.writeHead(200, { 'content-type': metrics.contentType }).end(text);
  });

  return {
    listen: (address = {}) => server.listen(address),
    listenMetrics: (address = {}) => metricsServer.listen(address),
    metrics: metrics.text,
    async close(timeoutMs = CLOSE_TIMEOUT_MS) {
      await server.close(timeoutMs);
      // Last: the figures of the end are worth reading too.
      await metricsServer.close(0);
    },
  };
}

function limitersOf(
  limits: Readonly<Partial<Record<LimiterName, Rate>>>,
): Partial<Record<LimiterName, Limiter>> {
  const limiters = Object.entries(limits).map(([name, rate]) => [
    name,
    createLimiter(rate, platformRuntime),
  ]);
  return Object.fromEntries(limiters);
}

function writeLine(line: string): void {
  process.stdout.write(`${line}\n`);
}
