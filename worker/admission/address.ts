/** Where a request comes from. */

import { truncateIp } from '../events/address.ts';

/** Cloudflare writes it, over whatever a client may have written; in Node the server does. */
const HEADER = 'cf-connecting-ip';

export function addressOf(request: Request): string | null {
  return request.headers.get(HEADER);
}

/** The network that an address is counted under: one household has many of IPv6, and may draw a new one for each request. */
export function networkOf(address: string | null): string {
  return (address && truncateIp(address)) ?? 'unknown';
}
