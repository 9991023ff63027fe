/** Makes the tokens that the relay takes: for a page by the hour, for a device or a reader by an operator's command. */

import { encodeBase64url } from '../../src/protocol/base64url.ts';
import type { RemoteConfig, SessionAnswer } from '../../src/protocol/session.ts';
import {
  type BatchToken,
  deriveSigningKey,
  type ReadToken,
  signToken,
} from '../../src/protocol/token.ts';

const { subtle } = crypto;

/** Enough that no two are the same, and short enough to be listed. */
const ID_BYTES = 12;

/** A session under this secret: its token, and the key that only its holder and this relay know. */
export async function issueSession(
  secret: string,
  token: Omit<BatchToken, 'use'>,
  config: RemoteConfig = {},
): Promise<SessionAnswer> {
  const text = await signToken(subtle, secret, { use: 'batch', ...token });
  const key = encodeBase64url(await deriveSigningKey(subtle, secret, text));
  return { token: text, key, expires: token.expires, now: token.issued, config };
}

export function issueReadToken(secret: string, token: Omit<ReadToken, 'use'>): Promise<string> {
  return signToken(subtle, secret, { use: 'read', ...token });
}

/** Names a token that lives long, so that it can be revoked. */
export function createTokenId(): string {
  // No letter of it is taken for a flag on a command line.
  return Buffer.from(crypto.getRandomValues(new Uint8Array(ID_BYTES))).toString('hex');
}
