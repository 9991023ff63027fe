/**
 * Iterators and page tokens of Kinesis name a place, and no stream that could be checked. So the read door hands them out
 * under a seal: the stream's name and a code over both. To a reader they stay what they were, opaque text.
 */

import { decodeBase64url, encodeBase64url } from '../../src/protocol/base64url.ts';
import { importHmacKey, signHmac, verifyHmac } from '../../src/protocol/hmac.ts';

const { subtle } = crypto;

export interface Place {
  readonly stream: string;
  /** A shard iterator or a page token, as Kinesis wrote it. */
  readonly text: string;
}

export async function sealPlace(secret: string, place: Place): Promise<string> {
  const code = await signHmac(subtle, await importHmacKey(subtle, secret), sealedBytes(place));
  return `${encodeBase64url(code)}/${place.stream}/${place.text}`;
}

/** The place, when one of the secrets sealed it. */
export async function openPlace(
  secrets: readonly string[],
  sealed: string,
): Promise<Place | undefined> {
  const [, codeText = '', stream = '', text = ''] = /^([^/]+)\/([^/]+)\/(.+)$/s.exec(sealed) ?? [];
  const code = decodeBase64url(codeText);
  if (!code) return undefined;
  const place = { stream, text };
  for (const secret of secrets) {
    const key = await importHmacKey(subtle, secret);
    if (await verifyHmac(subtle, key, code, sealedBytes(place))) return place;
  }
  return undefined;
}

/** Begins like no token and no signing key, which the same secret makes. */
function sealedBytes({ stream, text }: Place): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`place:${stream}\n${text}`);
}
