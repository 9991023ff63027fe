import { decodeBase64url, encodeBase64url } from '../protocol/base64url.ts';
import { signedBytes } from '../protocol/batch.ts';
import { importHmacKey, signHmac } from '../protocol/hmac.ts';
import { hmacSha256 } from './hmac-sha256.ts';

/** Above it the platform signs, on its own thread: 512 KiB took 6 to 14 ms of the page's here, 60 KiB took 1 ms. */
const MAX_TURN_BYTES = 64 * 1024;

/** Vouches for a payload: the signature as base64url, or `-` where the key is none. In this very turn up to 64 KiB. */
export type Signer = (
  key: string,
  sentAt: number,
  payload: Uint8Array<ArrayBuffer>,
) => string | Promise<string>;

export function createSigner(subtle: SubtleCrypto | undefined): Signer {
  return function sign(key, sentAt, payload) {
    const secret = decodeBase64url(key);
    if (!secret) return '-';
    const message = signedBytes(sentAt, payload);
    return subtle && payload.length > MAX_TURN_BYTES
      ? importHmacKey(subtle, secret)
          .then((imported) => signHmac(subtle, imported, message))
          .then(encodeBase64url)
      : encodeBase64url(hmacSha256(secret, message));
  };
}
