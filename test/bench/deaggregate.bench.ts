/** De-aggregation: our reader against the one on npm, on the same records, checksums verified by both. */

import { createHash } from 'node:crypto';
import { md5 as browserMd5 } from '../../src/consumer/md5.ts';
import { decodeAggregate, encodeAggregate } from '../../src/protocol/aggregate.ts';
import type { Md5 } from '../../src/protocol/partition-key.ts';
import { peerCount } from '../helpers/aws-kinesis-agg.ts';
import type { Bench, Measurement } from './bench.ts';

const AGGREGATES = 40;
const EVENTS_PER_AGGREGATE = 170;
const ROUNDS = 15;

const nodeMd5: Md5 = (bytes) => createHash('md5').update(bytes).digest();

export const bench: Bench = {
  name: 'deaggregate',
  run: async () => {
    const aggregates = Array.from({ length: AGGREGATES }, (_, index) =>
      encodeAggregate(eventsOf(index), nodeMd5),
    );
    const records = aggregates.map((Data) => ({
      Data,
      SequenceNumber: '1',
      PartitionKey: 'client',
    }));
    const [peer, platform, browser] = race([
      () => records.reduce((sum, record) => sum + peerCount(record), 0),
      () => records.reduce((sum, record) => sum + count(record.Data, nodeMd5), 0),
      () => records.reduce((sum, record) => sum + count(record.Data, browserMd5), 0),
    ]);
    const baseline = { name: 'aws-kinesis-agg', value: peer ?? 0 };
    const target: Measurement['target'] = { of: 'ratio', at: 'least', bound: 5 };
    return [
      {
        name: 'de-aggregation, MD5 of the platform',
        value: platform ?? 0,
        unit: 'events/s',
        baseline,
        target,
      },
      { name: 'de-aggregation, MD5 for browsers', value: browser ?? 0, unit: 'events/s', baseline },
    ];
  },
};

/** Events per second of each, the best of rounds in which all take turns: a busy machine slows all alike. */
function race(contestants: readonly (() => number)[]): number[] {
  const best = contestants.map(() => 0);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, contestant] of contestants.entries()) {
      const startedAt = performance.now();
      const events = contestant();
      const rate = events / ((performance.now() - startedAt) / 1000);
      best[index] = Math.max(best[index] ?? 0, rate);
    }
  }
  return best;
}

function count(bytes: Uint8Array, md5: Md5): number {
  const decoded = decodeAggregate(bytes, md5);
  if (decoded.kind === 'plain') throw new Error(`aggregate: expected one, got ${decoded.reason}`);
  return decoded.records.length;
}

/** About 50 KiB of events of one client, as the relay aggregates them. */
function eventsOf(index: number) {
  return Array.from({ length: EVENTS_PER_AGGREGATE }, (_, seq) => ({
    partitionKey: `client-${index}`,
    data: Buffer.from(
      JSON.stringify({
        type: 'track',
        messageId: `k3f9aL0qX${index}.${seq}`,
        event: 'Product Clicked',
        properties: { product: seq, price: 19.9, category: 'shoes', list: 'catalogue' },
        context: { page: { path: '/catalogue', referrer: '/' } },
        rivulet: { lane: `k3f9aL0qX${index}`, seq, source: 'shop' },
      }),
    ),
  }));
}
