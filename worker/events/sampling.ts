/** What a client is told with its session and its receipts. */

import { createHash } from 'node:crypto';
import type { RemoteConfig } from '../../src/protocol/session.ts';
import type { Source } from '../configuration/source.ts';

export function configFor(
  { config, sample, ordering }: Pick<Source, 'config' | 'sample' | 'ordering'>,
  client: string,
): RemoteConfig {
  return {
    ...config,
    ...(isInSample(client, sample) ? {} : { sampledOut: true }),
    ...(ordering === 'strict' ? { strictOrder: true } : {}),
  };
}

/**
 * By the client's id alone: the same clients each time, on every relay and in every source, and who is in a small sample
 * is in each larger one too.
 */
export function isInSample(client: string, sample: number): boolean {
  if (sample === 1) return true;
  return createHash('sha256').update(client).digest().readUInt32BE(0) / 2 ** 32 < sample;
}
