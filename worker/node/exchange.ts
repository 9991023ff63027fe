/** Between node:http and the relay: a request as `fetch` knows it, and its answer on the socket. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIP } from 'node:net';

/** Where Cloudflare says who asks. Here the server says it, whatever a client may have written. */
const ADDRESS_HEADER = 'cf-connecting-ip';

/** The relay looks at paths alone, and a `Host` may be anything. */
const BASE_URL = 'http://relay.invalid';

/** What is left of a refused body is read up to here, so that a client that is still sending sees its answer. */
const MAX_DRAINED_BYTES = 4 * 1024 * 1024;

/** `undefined` for what `fetch` cannot carry: TRACE, or a target that is no URL. */
export function toRequest(
  message: IncomingMessage,
  proxyHeader: string | undefined,
): Request | undefined {
  try {
    return createRequest(message, proxyHeader);
  } catch {
    // Said by the answer.
    return undefined;
  }
}

function createRequest(message: IncomingMessage, proxyHeader: string | undefined): Request {
  const headers = new Headers();
  for (const [name, values] of Object.entries(message.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  headers.delete(ADDRESS_HEADER);
  const address = addressOf(message, proxyHeader);
  if (address) headers.set(ADDRESS_HEADER, address);
  const { method = 'GET', url = '/' } = message;
  const isBodiless = method === 'GET' || method === 'HEAD';
  return new Request(new URL(url, BASE_URL), {
    method,
    headers,
    ...(isBodiless ? {} : { body: bodyOf(message), duplex: 'half' }),
  });
}

/** Resolves when the answer is with the socket. */
export async function writeAnswer(
  answer: Response,
  message: IncomingMessage,
  response: ServerResponse,
  isClosing: boolean,
): Promise<void> {
  const body = Buffer.from(await answer.arrayBuffer());
  // Who asked has gone.
  if (response.destroyed) return;
  const isTooLong = Number(message.headers['content-length'] ?? 0) > MAX_DRAINED_BYTES;
  if (isClosing || (isTooLong && !message.complete)) response.setHeader('connection', 'close');
  response.setHeaders(answer.headers);
  response.writeHead(answer.status).end(body);
}

/** By the trusted proxy's header: its last address, which the proxy itself has added. */
function addressOf(message: IncomingMessage, proxyHeader: string | undefined): string | undefined {
  if (proxyHeader === undefined) return message.socket.remoteAddress;
  const values = message.headersDistinct[proxyHeader.toLowerCase()] ?? [];
  const last = values.join(',').split(',').at(-1)?.trim() ?? '';
  return isIP(last) ? last : undefined;
}

/** Cancelled, it leaves the socket open for the answer: `Readable.toWeb` would close it. */
function bodyOf(message: IncomingMessage): ReadableStream<Uint8Array> {
  const chunks = message.iterator({ destroyOnReturn: false });
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await chunks.return?.();
        message.resume();
      },
    },
    // Nothing is read ahead: of a body that nobody asks for, Node takes the rest off the line.
    { highWaterMark: 0 },
  );
}
