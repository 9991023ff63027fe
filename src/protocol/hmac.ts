/** HMAC-SHA-256 on WebCrypto, which pages, workers, workerd and Node share. */

import { joinBytes } from './bytes.ts';

const ALGORITHM = { name: 'HMAC', hash: 'SHA-256' } as const;

export type HmacKey = CryptoKey;

/** A key from raw bytes or from the UTF-8 of a secret text. */
export function importHmacKey(
  subtle: SubtleCrypto,
  secret: Uint8Array<ArrayBuffer> | string,
): Promise<HmacKey> {
  return subtle.importKey('raw', joinBytes(secret), ALGORITHM, false, ['sign', 'verify']);
}

/** The 32 bytes of the code. */
export async function signHmac(
  subtle: SubtleCrypto,
  key: HmacKey,
  message: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await subtle.sign('HMAC', key, message));
}

/** Compares in constant time: WebCrypto's `verify` does. */
export function verifyHmac(
  subtle: SubtleCrypto,
  key: HmacKey,
  signature: Uint8Array<ArrayBuffer>,
  message: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  return subtle.verify('HMAC', key, signature, message);
}
