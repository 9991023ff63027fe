/** Who sends, where the client keeps no id of its own. */

import { encodeBase64url } from '../../src/protocol/base64url.ts';
import type { Source } from '../configuration/source.ts';
import { dailyHash } from '../events/daily-hash.ts';

const ID_BYTES = 16;

export interface Sender {
  /** The connecting address, where it is known. */
  readonly address: string | null;
  readonly userAgent: string | null;
}

/**
 * The same id for the same address and user agent in the same source until midnight (UTC), and another one then. Without an
 * address everybody would be one: then each session is somebody of its own.
 */
export function dailyClient(
  { address, userAgent }: Sender,
  { name }: Pick<Source, 'name'>,
  secret: string,
  now: number,
): string {
  if (!address) return encodeBase64url(crypto.getRandomValues(new Uint8Array(ID_BYTES)));
  return dailyHash(secret, `client ${name}`, now, `${address} ${userAgent ?? ''}`);
}
