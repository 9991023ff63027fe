/** The debug view with losses that receipts prove, and lanes of clients that have several. */

import type { ConsumedRecord } from '../../../src/consumer/types.ts';
import { recordOf } from '../../helpers/scripted-consumer.ts';
import { page } from './debug-page.ts';

const OWN = 'k3f9aL0qXw';
const SHARD = 'shardId-000000000006';
const VISITOR = 'visitor-of-two-pages';
const LANES = ['two-pages-1a', 'two-pages-2b'] as const;

let filled = 0;

/** A record of a lane that nobody looks at. */
const filler = () => recordOf('filler-lane', ++filled, {}, { shardId: SHARD });

function push(...records: readonly ConsumedRecord[]): void {
  page.consumer.push(...records);
  page.tick();
}

const proofPage = {
  ...page,
  /** Two lanes of one client, the second of which lacks an event that its client may still hold. */
  feedTwoLanes(): void {
    const [first, second] = LANES;
    const of = (lane: string, seq: number) =>
      recordOf(lane, seq, { anonymousId: VISITOR }, { shardId: SHARD, partitionKey: VISITOR });
    push(of(first, 1), of(first, 2), of(second, 1), of(second, 3));
  },
  /** The relay stores events of this page that do not come, in a shard that is read as far as before them. */
  store(first: number, count: number): void {
    const before = filler();
    const sequence = String(BigInt(before.sequenceNumber) + 1n);
    const receipt = { lane: OWN, first, count, status: 'stored', shard: SHARD, sequence } as const;
    page.client.setStats({ captured: first + count });
    page.client.tell('receipt', { receipt, at: Date.now() });
    push(before);
  },
  /** Reads the shard past them, to this event of the page. */
  pass(seq: number): void {
    push(filler(), recordOf(OWN, seq, {}, { shardId: SHARD }));
  },
};

export type DebugProofPage = typeof proofPage;

Object.assign(window, { debugPage: proofPage });
// The view is made a moment later.
page.view.permalinks = new URLSearchParams(location.search).has('links');
