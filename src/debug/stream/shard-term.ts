/** The term of the filter that the map sets. */

import { formatShard } from '../format.ts';

const TERM = /(^|\s)shard:\S+/g;

/** The filter with these shards and no others; without them where it says just that already. */
export function toggleShards(filter: string, shardIds: readonly string[]): string {
  const term = `shard:${shardIds.map(formatShard).join('|')}`;
  const rest = filter.replace(TERM, '').trim();
  const isSet = filter.trim() === `${rest} ${term}`.trim();
  return isSet ? rest : `${rest} ${term}`.trim();
}
