/** A relay before a fake Kinesis that checks signatures, and a sender that keeps what is not acknowledged. */

import { vi } from 'vitest';
import { decodeAggregate } from '../../src/protocol/aggregate.ts';
import { hashKeyOf, isInRange } from '../../src/protocol/partition-key.ts';
import type { Receipt } from '../../src/protocol/receipt.ts';
import type { Env } from '../../worker/env.ts';
import { createFakeKinesis } from '../helpers/fake-kinesis/fake-kinesis.ts';
import { createRelayUnderTest, ENV, LANE, NOW, sources, track } from './relay-under-test.ts';
import { md5 } from './scripted-kinesis.ts';

export interface WorldOptions {
  readonly shards?: number;
  /** Fields of the source. */
  readonly source?: object;
  readonly env?: Partial<Env>;
  /** What Kinesis's clock is ahead of the relay's. */
  readonly skewMs?: number;
}

export interface StoredEvent {
  readonly id: string;
  readonly key: string;
  readonly seq: number;
}

export function createKinesisWorld({ shards = 4, source, env, skewMs = 0 }: WorldOptions = {}) {
  const settings = { SOURCES: sources({ partition: 'properties.deviceId', ...source }), ...env };
  const tested = createRelayUnderTest(settings);
  const { clock, sendBatch } = tested;
  const kinesis = createFakeKinesis({
    credentials: {
      accessKeyId: ENV.RELAY_AWS_ACCESS_KEY_ID,
      secretAccessKey: ENV.RELAY_AWS_SECRET_ACCESS_KEY,
    },
    now: () => clock.now + skewMs,
  });
  kinesis.call('CreateStream', { StreamName: 'clickstream', ShardCount: shards });
  vi.spyOn(globalThis, 'fetch').mockImplementation(kinesis.fetch);

  /** What a reader by the Kinesis Client Library's rules gets, shard after shard, copies included. */
  function read(): StoredEvent[] {
    return (kinesis.stream('clickstream')?.shards ?? []).flatMap(({ hashKeys, records }) =>
      records.flatMap(({ data, partitionKey }) => {
        const decoded = decodeAggregate(data, md5);
        const parts = decoded.kind === 'aggregate' ? decoded.records : [{ partitionKey, data }];
        // One record of a foreign shard, and all of the aggregate is dropped.
        const isDropped =
          decoded.kind === 'aggregate' &&
          !parts.every((part) => isInRange(hashKeyOf(part.partitionKey, md5), hashKeys));
        if (isDropped) return [];
        return parts.map((part) => {
          const { messageId, rivulet } = JSON.parse(new TextDecoder().decode(part.data));
          return { id: messageId, key: part.partitionKey, seq: rivulet.seq };
        });
      }),
    );
  }

  /** The first copies, in the order of their key. */
  function readOnce(): Map<string, number[]> {
    const known = new Set<string>();
    const byKey = new Map<string, number[]>();
    for (const { id, key, seq } of read()) {
      if (known.has(id)) continue;
      known.add(id);
      byKey.set(key, [...(byKey.get(key) ?? []), seq]);
    }
    return byKey;
  }

  /** Sends, as a client does, until everything is settled: what is not comes again, after the wait that was asked for. */
  async function drain(
    devices: readonly string[],
    { batchEvents = 50, between = () => {} }: DrainOptions = {},
  ): Promise<readonly Receipt[]> {
    const receipts: Receipt[] = [];
    const after: Record<string, string> = {};
    let open = devices.map((deviceId, index) => ({ deviceId, seq: index + 1 }));
    for (let batch = 0; open.length > 0 && batch < 500; batch++) {
      between(batch);
      const head = open.slice(0, batchEvents);
      const segments = head.map(({ deviceId, seq }) => {
        return { lane: LANE, first: seq, events: [track({ deviceId })] };
      });
      const { answer } = await sendBatch(segments, { sender: { sdk: 'rivulet/test', after } });
      const settled = new Set<number>();
      for (const receipt of answer.receipts ?? []) {
        if (receipt.status === 'retry') continue;
        receipts.push(receipt);
        if (receipt.status === 'stored') after[receipt.lane] = receipt.sequence;
        for (let at = 0; at < receipt.count; at++) settled.add(receipt.first + at);
      }
      open = open.filter(({ seq }) => !settled.has(seq));
      const waits = (answer.receipts ?? []).map((one) => (one.status === 'retry' ? one.after : 0));
      clock.now += Math.max(answer.after ?? 0, ...waits, 100);
    }
    return receipts;
  }

  const putCalls = () => kinesis.calls.filter(({ operation }) => operation.startsWith('PutRecord'));

  return { ...tested, kinesis, read, readOnce, drain, putCalls, startedAt: NOW };
}

interface DrainOptions {
  readonly batchEvents?: number;
  /** Called before each batch. */
  readonly between?: (batch: number) => void;
}

/** Whether a key's events came in the order of capture, none of them twice. */
export function isInOrder(seqs: readonly number[]): boolean {
  return seqs.every((seq, index) => index === 0 || seq > (seqs[index - 1] ?? 0));
}
