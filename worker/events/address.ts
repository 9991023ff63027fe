/** What a record may hold of the address that a batch came from. */

import { isIPv4, isIPv6 } from 'node:net';
import type { Source } from '../configuration/source.ts';
import { dailyHash } from './daily-hash.ts';

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
      return dailyHash(secret, `ip ${name}`, now, address);
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
