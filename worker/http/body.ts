import { Refusal } from './answer.ts';

/** Reads a body that may claim any length, and stops at the first byte too many. */
export async function readBody(
  request: Request,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const declared = Number(request.headers.get('content-length') ?? 0);
  if (declared > maxBytes) throw tooLarge(maxBytes);
  if (!request.body) return new Uint8Array(0);
  // HTTP holds a body to its length, and reading it in one go is cheaper.
  if (declared > 0) return checkLength(new Uint8Array(await request.arrayBuffer()), maxBytes);
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  // Throwing out of the loop cancels the rest of the body.
  for await (const chunk of request.body as ReadableStream<Uint8Array<ArrayBuffer>>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
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

function checkLength(body: Uint8Array<ArrayBuffer>, maxBytes: number): Uint8Array<ArrayBuffer> {
  if (body.length > maxBytes) throw tooLarge(maxBytes);
  return body;
}

function tooLarge(maxBytes: number): Refusal {
  return new Refusal('too_large', `body: expected at most ${maxBytes} bytes`);
}
