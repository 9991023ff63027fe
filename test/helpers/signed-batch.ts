import { gzipSync } from 'node:zlib';
import { decodeBase64url, encodeBase64url } from '../../src/protocol/base64url.ts';
import { encodeHead, encodeSegmentHead, signedBytes } from '../../src/protocol/batch.ts';
import { importHmacKey, signHmac } from '../../src/protocol/hmac.ts';
import type { SessionAnswer } from '../../src/protocol/session.ts';

/** A gzipped batch of one segment, as a client of this session sends it now. */
export async function writeSignedBatch(
  { token, key }: Pick<SessionAnswer, 'token' | 'key'>,
  events: readonly object[],
): Promise<Uint8Array<ArrayBuffer>> {
  const context = JSON.stringify({ anonymousId: 'client-1' });
  const lines = events.map((event) => `${JSON.stringify(event)}\n`).join('');
  const text = `{"sdk":"test/1"}\n${encodeSegmentHead('k3f9aL0qXw', 1, context)}${lines}`;
  const payload = new Uint8Array(gzipSync(text));
  const sentAt = Date.now();
  const { subtle } = globalThis.crypto;
  const hmacKey = await importHmacKey(subtle, decodeBase64url(key) ?? new Uint8Array());
  const signature = await signHmac(subtle, hmacKey, signedBytes(sentAt, payload));
  const head = encodeHead({ token, sentAt, signature: encodeBase64url(signature) });
  return new Uint8Array(Buffer.concat([Buffer.from(head), payload]));
}
