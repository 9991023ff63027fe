/** Signatures as standardwebhooks.com specifies them: receivers find a library for them in most languages. */

import { joinBytes } from '../protocol/bytes.ts';
import { importHmacKey, signHmac } from '../protocol/hmac.ts';
import type { Signable } from './types.ts';

const PREFIX = 'whsec_';

/** Below it the specification calls a secret too short. */
export const MIN_SECRET_BYTES = 24;

/** The bytes of a secret, or `undefined` where it begins like one of the specification's and is not base64. */
export function secretBytes(secret: string): Uint8Array<ArrayBuffer> | undefined {
  if (!secret.startsWith(PREFIX)) return joinBytes(secret);
  try {
    return Uint8Array.from(atob(secret.slice(PREFIX.length)), (char) => char.charCodeAt(0));
  } catch {
    // The caller says what is wrong with it.
    return undefined;
  }
}

/** Signs id, time and body with each secret. */
export function createSigning(
  subtle: SubtleCrypto,
  secrets: readonly Uint8Array<ArrayBuffer>[],
): (call: Signable) => Promise<Record<string, string>> {
  return async ({ key, at, body }) => {
    const timestamp = Math.floor(at / 1000);
    const message = joinBytes(`${key}.${timestamp}.${body}`);
    const signatures = secrets.map(async (secret) => {
      const code = await signHmac(subtle, await importHmacKey(subtle, secret), message);
      return `v1,${btoa(String.fromCharCode(...code))}`;
    });
    return {
      'webhook-id': key,
      'webhook-timestamp': `${timestamp}`,
      'webhook-signature': (await Promise.all(signatures)).join(' '),
    };
  };
}
