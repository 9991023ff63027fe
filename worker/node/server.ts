/** A node:http server that ends without cutting anybody off. */

import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A client whose line is slow has so long for its 256 KiB. */
const REQUEST_TIMEOUT_MS = 30_000;
const HEADERS_TIMEOUT_MS = 10_000;

/** Longer than load balancers keep an idle connection: who closes first must not be us, or a request meets the closing. */
const KEEP_ALIVE_MS = 65_000;

export interface Address {
  /** @default '127.0.0.1' */
  readonly host?: string;
  /** @default 0, any free port */
  readonly port?: number;
}

export interface HttpServer {
  /** Resolves to the port. Rejects when it cannot be had. */
  readonly listen: (address: Address) => Promise<number>;
  /** Takes nobody new, and resolves when all are answered; after `timeoutMs` the rest are cut off. */
  readonly close: (timeoutMs: number) => Promise<void>;
  readonly isClosing: () => boolean;
}

export function createHttpServer(listener: RequestListener): HttpServer {
  const server = createServer(
    {
      requestTimeout: REQUEST_TIMEOUT_MS,
      headersTimeout: HEADERS_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: 5000,
    },
    listener,
  );
  let closing: Promise<void> | undefined;

  async function close(timeoutMs: number): Promise<void> {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    const cut = setTimeout(() => server.closeAllConnections(), timeoutMs);
    await closed;
    clearTimeout(cut);
  }

  return {
    async listen({ host = '127.0.0.1', port = 0 }) {
      server.listen(port, host);
      await once(server, 'listening');
      return (server.address() as AddressInfo).port;
    },
    close(timeoutMs) {
      closing ??= close(timeoutMs);
      return closing;
    },
    isClosing: () => closing !== undefined,
  };
}
