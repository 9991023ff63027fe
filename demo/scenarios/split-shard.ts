import type { OpenShard } from './stream-switch.ts';
import type { SwitchScenario } from './types.ts';

/** Splits the shard that this page's events go to; off, its halves are merged again. */
export const splitShard: SwitchScenario = {
  id: 'split-shard',
  kind: 'switch',
  breaks: false,
  label: 'Split a shard',
  watchFor:
    'The shard your clicks go to is cut in half while they flow: two children appear on the map, and the order holds; turn it off to merge them.',
  isOn: ({ stream }) => halvesIn(stream.shards()) !== undefined,
  async turn({ client, stream }, on) {
    await stream.refresh();
    const halves = halvesIn(stream.shards());
    if (on) {
      const { lastReceipt } = await client.stats();
      await stream.split(shardToSplit(stream.shards(), lastReceipt?.receipt));
    } else if (halves) await stream.merge(halves);
  },
};

/** The one that took this page's last event, where it is still open. */
function shardToSplit(shards: readonly OpenShard[], receipt: object = {}): string {
  const ids = shards.map(({ shardId }) => shardId);
  return ids.find((id) => 'shard' in receipt && receipt.shard === id) ?? ids[0] ?? '';
}

/** Neighbours that were one shard: the youngest such pair. */
function halvesIn(shards: readonly OpenShard[]): [string, string] | undefined {
  const pairs = shards.flatMap((shard, at): [string, string][] => {
    const next = shards[at + 1];
    const isHalf = shard.parents.length === 1 && next?.parents.length === 1;
    return isHalf && shard.parents[0] === next.parents[0] ? [[shard.shardId, next.shardId]] : [];
  });
  return pairs.sort().at(-1);
}
