/** What tells two apart within a day (UTC), and nothing beyond it. */

import { createHmac } from 'node:crypto';

const DAY_MS = 86_400_000;

/** 128 bits, as base64url: nobody shares one by chance. */
const LENGTH = 22;

/**
 * An HMAC under a key that changes each day and is another one for each `scope`. Who has the relay's secret can still find
 * what there is little enough of to try it all, such as addresses.
 */
export function dailyHash(secret: string, scope: string, now: number, text: string): string {
  const key = createHmac('sha256', secret)
    .update(`${scope} ${Math.floor(now / DAY_MS)}`)
    .digest();
  return createHmac('sha256', key).update(text).digest('base64url').slice(0, LENGTH);
}
