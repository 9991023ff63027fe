/**
 * Reads the tokens of batches. A client brings the same one for an hour, so what was found good is remembered, with its signing
 * key: finding out again would be most of what admission costs.
 */

import { type HmacKey, importHmacKey } from '../../src/protocol/hmac.ts';
import { accepted, type Parsed, refused } from '../../src/protocol/parsed.ts';
import {
  type BatchToken,
  deriveSigningKey,
  type TokenRefusal,
  verifyToken,
} from '../../src/protocol/token.ts';
import { createBoundedMap } from '../bounded-map.ts';

const { subtle } = crypto;

/** About a megabyte. Only what the relay itself has signed is remembered. */
const MAX_REMEMBERED = 1000;

export interface ReadBatchToken {
  readonly token: BatchToken;
  /** Verifies what its holder signs. */
  readonly key: HmacKey;
}

/** A token's content and key, when one of the secrets signed it for batches and it has not expired at `now`. */
export type BatchTokens = (
  text: string,
  now: number,
) => Promise<Parsed<ReadBatchToken, TokenRefusal>>;

export function createBatchTokens(secrets: readonly string[]): BatchTokens {
  const remembered = createBoundedMap<ReadBatchToken>(MAX_REMEMBERED);

  return async (text, now) => {
    const known = remembered.get(text);
    if (known && known.token.expires > now) return accepted(known);
    const verified = await verifyToken(subtle, secrets, text, 'batch', now);
    if (!verified.ok) return refused(verified.code, verified.reason);
    const { token, secret } = verified.value;
    const key = await importHmacKey(subtle, await deriveSigningKey(subtle, secret, text));
    const read = { token, key };
    remembered.set(text, read);
    return accepted(read);
  };
}
