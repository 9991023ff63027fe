/** The debug view in each of its states. */

import { recordOf, shardOf } from '../../helpers/scripted-consumer.ts';
import { page } from './debug-page.ts';

const LOST_LANE = 'k3f9aL0qXw';

/** Looks at every frame whether it is so. */
async function until(isSo: () => unknown): Promise<void> {
  while (!isSo()) await new Promise((look) => requestAnimationFrame(look));
}

const states = {
  /** Nothing has arrived. */
  empty(): void {},
  /** All is well, and nothing came for a while. */
  quiet(): void {
    page.feedHistory(240);
    page.settle(0);
  },
  /** Somebody reads, and records go on to arrive. */
  async held(): Promise<void> {
    page.feedHistory(240);
    page.settle(20);
    await until(() => page.view.renderRoot.querySelector('.row:not(.head)'));
    page.view.renderRoot.querySelector<HTMLElement>('.hold')?.click();
    page.feed(3_412);
  },
  throttled(): void {
    page.feedHistory(240);
    page.settle(3);
    page.alter(2, { pace: 'throttled', throttledReads: 14, status: 'reading' });
  },
  trimmed(): void {
    page.feedHistory(240);
    page.settle(3);
    page.alter(1, {
      loss: 'asked for 09:12:00, and the oldest record that is kept is of 09:40:00: what lies between is gone',
    });
  },
  /** A split of a shard, seen as it happens. */
  resharding(): void {
    const parents = ['shardId-000000000002'];
    const shards = page.consumer.shards();
    page.feedHistory(240);
    page.settle(3);
    page.alter(2, { status: 'closed' });
    page.consumer.setShards([
      ...shards.map((shard) =>
        shard.shardId === parents[0] ? { ...shard, status: 'closed' as const } : shard,
      ),
      shardOf(7, [0.5, 0.625], { parents, status: 'waiting' }),
      shardOf(8, [0.625, 0.75], { parents, status: 'waiting' }),
    ]);
  },
  /** The browser has no network: the test takes it away. */
  offline(): void {
    page.feedHistory(240);
    page.settle(812);
    page.client.setStats({ pause: { reason: 'offline' } });
    page.tick();
  },
  /** Five events that the relay stored, in a shard that is read beyond them. */
  loss(): void {
    page.feedHistory(240);
    page.feedTrouble();
    const shardId = 'shardId-000000000002';
    const [first, next] = [61, 67].map((seq) =>
      recordOf(LOST_LANE, seq, { event: 'Order Completed' }, { shardId }),
    );
    if (!first || !next) return;
    const range = { lane: LOST_LANE, first: 62, count: 5 };
    const at = Date.now() - 5_000;
    page.client.tell('captured', { lane: LOST_LANE, seq: 62, type: 'track', at });
    page.client.tell('logged', { ...range, at: at + 4 });
    page.client.tell('sending', {
      ranges: [range],
      bytes: 2_100,
      wireBytes: 700,
      attempt: 1,
      at: at + 260,
    });
    page.client.tell('receipt', {
      at: at + 320,
      receipt: {
        ...{ ...range, status: 'stored', shard: shardId },
        sequence: first.sequenceNumber,
      },
    });
    page.consumer.push(first, next);
    page.alter(2, { lastSequenceNumber: next.sequenceNumber });
    page.settle(0);
  },
};

export type DebugStates = typeof states;

declare global {
  var debugStates: DebugStates;
}

globalThis.debugStates = states;
