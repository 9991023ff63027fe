/**
 * The aggregate's codec against the one on npm, on the same records, until the bytes of every event are there, checksums
 * computed by both: MD5 bounds what either can reach, the more so the larger the events are. And what reading costs beside
 * `JSON.parse`, which every consumer of events needs.
 */

import { createHash } from 'node:crypto';
import { decodeRecord } from '../../src/consumer/decode.ts';
import { md5 } from '../../src/consumer/md5.ts';
import { portableMd5 } from '../../src/consumer/portable-md5.ts';
import { decodeAggregate, encodeAggregate, type UserRecord } from '../../src/protocol/aggregate.ts';
import type { Md5 } from '../../src/protocol/partition-key.ts';
import { peerBytes, peerEncode } from '../helpers/aws-kinesis-agg.ts';
import type { Bench, Measurement } from './bench.ts';

/** The Kinesis Producer Library's own bound. */
const AGGREGATE_BYTES = 51_200;
const ROUNDS = 60;

const PEER = 'aws-kinesis-agg';

export const bench: Bench = {
  name: 'codec',
  run: async () => [
    ...measure('metrics of 100 B', metricOf, { of: 'ratio', at: 'least', bound: 5 }),
    ...measure('events of 270 B', smallEventOf),
    ...measure('events of 700 B', eventOf),
  ],
};

function measure(
  what: string,
  dataOf: (seq: number) => unknown,
  target?: Measurement['target'],
): readonly Measurement[] {
  const records = recordsOf(dataOf);
  const Data = encodeAggregate(records, md5);
  const record = { Data, SequenceNumber: '1', PartitionKey: 'client-1' };
  const from = { shardId: 's', hashKeys: { start: 0n, end: 2n ** 128n - 1n }, readAt: 0 };
  const checksum = (digest: Md5) => () => digest(Data).length;
  const total = records.reduce((sum, { data }) => sum + data.length, 0);
  const run = (name: string, work: () => number, expected: number): (() => void) => {
    return () => {
      const got = work();
      if (got !== expected) throw new Error(`${name}: expected ${expected} bytes, got ${got}`);
    };
  };
  const [peer, ours, portable, openssl, peerWrite, write, events, json] = race([
    run('peer', () => peerBytes(record), total),
    run('read', () => bytesIn(Data, md5), total),
    run('read in JavaScript', () => bytesIn(Data, portableMd5), total),
    run(
      'MD5',
      checksum((bytes) => createHash('md5').update(bytes).digest()),
      16,
    ),
    run('peer writes', () => peerEncode(records).length, Data.length),
    run('write', () => encodeAggregate(records, md5).length, Data.length),
    run('events', () => decodeRecord(record, from).length, records.length),
    run('JSON.parse', () => parseAll(records), records.length),
  ]).map((ms) => records.length / (ms / 1000));
  const rate = (name: string, value = 0, baseline = 0, beside = PEER): Measurement => ({
    name: `${what}: ${name}`,
    value,
    unit: 'events/s',
    baseline: { name: beside, value: baseline },
  });
  return [
    { ...rate('read', ours, peer), ...(target && { target }) },
    rate('read, MD5 in JavaScript', portable, peer),
    rate('MD5 alone', openssl, peer),
    rate('written', write, peerWrite),
    rate('read and parsed', events, json, 'JSON.parse'),
  ];
}

/** Milliseconds of each, the best of rounds in which all take turns: a busy machine slows all alike. */
function race(contestants: readonly (() => void)[]): number[] {
  const best = contestants.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, contestant] of contestants.entries()) {
      const startedAt = performance.now();
      for (let time = 0; time < 10; time++) contestant();
      best[index] = Math.min(best[index] ?? 0, (performance.now() - startedAt) / 10);
    }
  }
  return best;
}

function bytesIn(bytes: Uint8Array, digest: Md5): number {
  const decoded = decodeAggregate(bytes, digest);
  if (decoded.kind === 'plain') throw new Error(`aggregate: expected one, got ${decoded.reason}`);
  return decoded.records.reduce((sum, { data }) => sum + data.length, 0);
}

function parseAll(records: readonly UserRecord[]): number {
  const text = new TextDecoder();
  for (const { data } of records) JSON.parse(text.decode(data));
  return records.length;
}

/** Of one client, as the relay aggregates them. */
function recordsOf(dataOf: (seq: number) => unknown): readonly UserRecord[] {
  const records: UserRecord[] = [];
  let bytes = 0;
  for (let seq = 1; bytes < AGGREGATE_BYTES; seq++) {
    const data = Buffer.from(JSON.stringify(dataOf(seq)));
    bytes += data.length;
    records.push({ partitionKey: 'client-1', data });
  }
  return records;
}

function metricOf(seq: number): unknown {
  return {
    type: 'metric',
    lane: 'k3f9aL0qXw',
    seq,
    event: 'temperature',
    value: 21.5,
    at: 1767225600000,
  };
}

function smallEventOf(seq: number): unknown {
  return {
    type: 'track',
    messageId: `k3f9aL0qXw.${seq}`,
    event: 'Product Clicked',
    properties: { product: seq, price: 19.9, category: 'shoes', list: 'catalogue' },
    context: { page: { path: '/catalogue', referrer: '/' } },
    rivulet: { lane: 'k3f9aL0qXw', seq, source: 'shop' },
  };
}

function eventOf(seq: number): unknown {
  const at = '2026-01-01T00:00:00.000Z';
  return {
    type: 'track',
    messageId: `k3f9aL0qXw.${seq}`,
    anonymousId: 'b7c1d4f0-5a56-4c1e-9d43-0a4a7f1f2c11',
    userId: 'user-81372',
    event: 'Product Clicked',
    properties: { product: seq, price: 19.9, category: 'shoes', list: 'catalogue', position: 3 },
    context: {
      page: {
        path: '/catalogue',
        referrer: '/',
        title: 'Catalogue',
        url: 'https://shop.example.com/catalogue',
      },
      screen: { width: 1512, height: 982, density: 2 },
      locale: 'de-DE',
      timezone: 'Europe/Berlin',
      sessionId: 'Y2xpY2tzdHJlYW0',
    },
    originalTimestamp: at,
    timestamp: at,
    sentAt: at,
    receivedAt: at,
    rivulet: { lane: 'k3f9aL0qXw', seq, source: 'shop' },
  };
}
