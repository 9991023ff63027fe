import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as openRequest,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { LOOPBACK } from './ports.ts';

/** A request as a rule sees it, before anything of it was passed on. */
export interface ProxiedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What becomes of one request. */
export type Verdict =
  | { readonly kind: 'pass' }
  /** Answered by the proxy; the target never hears of it. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** The connection breaks; the target never hears of it. */
  | { readonly kind: 'reset' }
  /** The target does its work, then the connection breaks: the caller cannot know the outcome. */
  | { readonly kind: 'lose-reply' }
  /** The target does its work; its reply waits for what is called then. */
  | { readonly kind: 'late-reply'; readonly until: () => Promise<unknown> };

/** Decides about each request. A promise delays it. */
export type Rule = (request: ProxiedRequest) => Verdict | Promise<Verdict>;

export const PASS: Verdict = { kind: 'pass' };

export interface FaultProxy {
  readonly url: string;
  readonly setRule: (rule: Rule) => void;
  readonly stop: () => Promise<void>;
}

/** Starts a reverse proxy on loopback that can be told to fail. The target may still be starting: it is asked for per request. */
export async function startFaultProxy(target: () => string, port = 0): Promise<FaultProxy> {
  let rule: Rule = () => PASS;

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const proxied = await readRequest(request);
    const verdict = await rule(proxied);
    if (verdict.kind === 'reset') {
      request.socket.resetAndDestroy();
      return;
    }
    if (verdict.kind === 'answer') {
      response.writeHead(verdict.status, verdict.headers).end(verdict.body);
      return;
    }
    const reply = await forward(proxied, target());
    if (verdict.kind === 'lose-reply') {
      await drain(reply);
      request.socket.resetAndDestroy();
      return;
    }
    if (verdict.kind === 'late-reply') await verdict.until();
    response.writeHead(reply.statusCode ?? 502, withoutConnection(reply.headers));
    reply.pipe(response);
  };

  const server = createServer((request, response) => {
    // A target that is down looks to the caller as a proxy that is not there.
    answer(request, response).catch(() => request.socket.resetAndDestroy());
  });
  // A connection that the proxy closes just as the caller uses it again would be a fault that nobody asked for.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, LOOPBACK, resolve);
  });

  return {
    url: `http://${LOOPBACK}:${(server.address() as AddressInfo).port}`,
    setRule: (next) => {
      rule = next;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readRequest(request: IncomingMessage): Promise<ProxiedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { method = 'GET', url: path = '/', headers } = request;
  return { method, path, headers, body: Buffer.concat(chunks) };
}

function forward(request: ProxiedRequest, target: string): Promise<IncomingMessage> {
  const { method, path, body } = request;
  const headers = withoutConnection(request.headers);
  // The body was read whole, so its length is known.
  if (body.length > 0) headers['content-length'] = String(body.length);
  return new Promise((resolve, reject) => {
    // A connection for each request: one that the target closes as it is taken again would be a fault of our own.
    const options = { method, headers, agent: false } as const;
    openRequest(new URL(path, target), options, resolve).on('error', reject).end(body);
  });
}

/** Headers without those that speak about one connection only. */
function withoutConnection({
  connection,
  'keep-alive': keepAlive,
  'transfer-encoding': transferEncoding,
  ...headers
}: IncomingHttpHeaders): IncomingHttpHeaders {
  return headers;
}

async function drain(reply: IncomingMessage): Promise<void> {
  for await (const _ of reply) {
    // The caller never sees it.
  }
}
