import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** A call that was recorded on its way is good for so long. */
const MAX_AGE_S = 5 * 60;

/**
 * Whether a call is from whoever has the secret, and of these minutes. `body`: its bytes as they came. Then the
 * `idempotency-key`, which the signature covers too, tells whether it was carried out before.
 */
export function isGenuine(headers: IncomingHttpHeaders, body: Buffer, secret: string): boolean {
  const {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures,
    'idempotency-key': key,
  } = headers;
  if (id !== key || Math.abs(Date.now() / 1000 - Number(timestamp)) > MAX_AGE_S) return false;
  const expected = createHmac('sha256', secret).update(`${id}.${timestamp}.`).update(body).digest();
  return `${signatures}`.split(' ').some((signature) => {
    const given = Buffer.from(signature.replace(/^v1,/, ''), 'base64');
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}
