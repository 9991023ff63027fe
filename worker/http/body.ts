import { Refusal } from './answer.ts';

/** Bodies that are declared no longer are read in one go, which is cheaper. */
const MAX_WHOLE_BYTES = 64 * 1024;

/**
 * Reads a body that may claim any length, and stops at the first byte too many. `hold` hears of bytes as they have come, and
 * may throw: what was only promised takes no room from those who send.
 */
export async function readBody(
  request: Request,
  maxBytes: number,
  hold: (bytes: number) => void = () => {},
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await read(request, maxBytes, hold);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    // Whoever sent it has gone, or broke off.
    throw new Refusal('malformed', 'body: expected all of it', {}, { cause: error });
  }
}

async function read(
  request: Request,
  maxBytes: number,
  hold: (bytes: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const declared = Number(request.headers.get('content-length') ?? 0);
  if (declared > maxBytes) throw tooLarge(maxBytes);
  if (!request.body) return new Uint8Array(0);
  if (declared > 0 && declared <= MAX_WHOLE_BYTES) {
    // HTTP holds a body to its length.
    const body = new Uint8Array(await request.arrayBuffer());
    if (body.length > maxBytes) throw tooLarge(maxBytes);
    hold(body.length);
    return body;
  }
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  // Throwing out of the loop cancels the rest of the body.
  for await (const chunk of request.body as ReadableStream<Uint8Array<ArrayBuffer>>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    hold(chunk.length);
    chunks.push(chunk);
  }
  const [only] = chunks;
  if (only && chunks.length === 1) return only;
  const body = new Uint8Array(bytes);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body;
}

function tooLarge(maxBytes: number): Refusal {
  return new Refusal('too_large', `body: expected at most ${maxBytes} bytes`);
}
