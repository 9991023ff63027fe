/** What a record may hold of the address that a batch came from. */

import { createHmac } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import type { Source } from '../configuration/source.ts';

const DAY_MS = 86_400_000;

/** 128 bits, as base64url: nobody shares one by chance. */
const HASH_LENGTH = 22;

export function addressFor(
  address: string | null,
  { ip: policy, name }: Pick<Source, 'ip' | 'name'>,
  secret: string,
  now: number,
): string | undefined {
  if (address === null) return undefined;
  switch (policy) {
    case 'none':
      return undefined;
    case 'full':
      return address;
    case 'truncated':
      return truncateIp(address);
    case 'hashed':
      return hashIp(address, name, secret, now);
  }
}

/** The network of an address, /24 or /48: a region, and no longer a household. */
export function truncateIp(address: string): string | undefined {
  const mapped = /^::ffff:(?<v4>[\d.]+)$/i.exec(address)?.groups?.v4 ?? address;
  if (isIPv4(mapped)) return mapped.replace(/\.\d+$/, '.0');
  if (!isIPv6(mapped)) return undefined;
  const [head = '', tail] = mapped.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail ? tail.split(':') : [];
  // `::` stands for as many zeros as are missing; an embedded IPv4 address counts for two, past the first three.
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  const groups = [...before, ...new Array<string>(Math.max(0, zeros)).fill('0'), ...after];
  return `${groups.slice(0, 3).join(':')}::`;
}

/**
 * Tells two visitors of a day apart, and nothing beyond it: salted anew each UTC day, and for each source. There are few
 * enough addresses to try them all, so whoever has the relay's secret can find one again.
 */
function hashIp(address: string, source: string, secret: string, now: number): string {
  const salt = createHmac('sha256', secret)
    .update(`ip ${source} ${Math.floor(now / DAY_MS)}`)
    .digest();
  return createHmac('sha256', salt).update(address).digest('base64url').slice(0, HASH_LENGTH);
}
