/**
 * Iterators and page tokens of Kinesis name a place, and no stream that could be checked. So the read door hands them out
 * under a seal, with all that it has to know of the place. To a reader they stay what they were, opaque text.
 */

import { decodeBase64url, encodeBase64url } from '../../src/protocol/base64url.ts';
import { importHmacKey, signHmac, verifyHmac } from '../../src/protocol/hmac.ts';

const { subtle } = crypto;

export interface Place {
  readonly stream: string;
  /** None for a page of shards. */
  readonly shard: string;
  /** The same for all readers who have the same records before them. None for a page of shards. */
  readonly position: string;
  /** A shard iterator or a page token, as Kinesis wrote it. */
  readonly text: string;
}

export async function sealPlace(secret: string, place: Place): Promise<string> {
  const code = await signHmac(subtle, await importHmacKey(subtle, secret), sealedBytes(place));
  return [encodeBase64url(code), place.stream, place.shard, place.position, place.text].join('/');
}

/** The place, when one of the secrets sealed it. */
export async function openPlace(
  secrets: readonly string[],
  sealed: string,
): Promise<Place | undefined> {
  const [, codeText = '', stream = '', shard = '', position = '', text = ''] =
    /^([^/]+)\/([^/]+)\/([^/]*)\/([^/]*)\/(.+)$/s.exec(sealed) ?? [];
  const code = decodeBase64url(codeText);
  if (!code) return undefined;
  const place = { stream, shard, position, text };
  for (const secret of secrets) {
    const key = await importHmacKey(subtle, secret);
    if (await verifyHmac(subtle, key, code, sealedBytes(place))) return place;
  }
  return undefined;
}

/** Begins like no token and no signing key, which the same secret makes; no two places have the same bytes. */
function sealedBytes({ stream, shard, position, text }: Place): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`place:${JSON.stringify([stream, shard, position, text])}`);
}
