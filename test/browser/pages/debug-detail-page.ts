/** The debug view on records that have much to tell: aggregates, plans, numbers and texts of every kind. */

import { decodeRecord } from '../../../src/consumer/decode.ts';
import type { ConsumedRecord } from '../../../src/consumer/types.ts';
import { keyMd5 } from '../../../src/debug/stream/key-md5.ts';
import { encodeAggregate } from '../../../src/protocol/aggregate.ts';
import { recordOf, shardOf } from '../../helpers/scripted-consumer.ts';
import { page as base } from './debug-page.ts';

const LANE = 'dT7-kq20Za';

const textOf = (record: ConsumedRecord): string => new TextDecoder().decode(record.data);

/** For the test, as `detailPage`. */
export const page = {
  /** An event with numbers that a double cannot hold, and with JSON inside a text. */
  feedRich(): void {
    const record = recordOf(LANE, 1, {
      event: 'Order Completed',
      userId: 'ada@example.com',
      properties: {
        orderId: 'order-id',
        total: 129.5,
        isFirst: true,
        items: [
          { sku: 'k-17', quantity: 1 },
          { sku: 'k-18', quantity: 2 },
        ],
        payload: '{"voucher":"SPRING","steps":[1,2]}',
      },
      context: { page: { path: '/checkout' }, device: { model: 'Röhre 5' } },
    });
    const text = textOf(record).replace('"order-id"', '12345678901234567890');
    base.consumer.push({ ...record, data: new TextEncoder().encode(text) });
  },
  /** Three events of one lane that differ in a few values. */
  feedSteps(): void {
    for (const [index, price] of [49.9, 49.9, 59.9].entries()) {
      const extra = index === 2 ? { size: 'L' } : { colour: 'red' };
      base.consumer.push(
        recordOf(LANE, 11 + index, { properties: { price, ...extra } }, { partitionKey: 'u17' }),
      );
    }
  },
  /** Twelve records of two keys in one Kinesis record; `outside` puts one of the keys where the shard is not. */
  feedAggregate(outside = false): void {
    const records = Array.from({ length: 12 }, (_, index) => {
      const record = recordOf(LANE, 21 + index, { event: `Step ${index + 1}` });
      return { partitionKey: index % 4 === 3 ? 'u88' : 'u17', data: record.data };
    });
    const { hashKeys, shardId } = shardOf(2, outside ? [0.99, 1] : [0, 1]);
    const sequenceNumber = recordOf(LANE, 1).sequenceNumber;
    base.consumer.push(
      ...decodeRecord(
        {
          Data: encodeAggregate(records, keyMd5),
          PartitionKey: 'outer-key',
          SequenceNumber: sequenceNumber,
          ApproximateArrivalTimestamp: new Date(),
        },
        { shardId, hashKeys, readAt: Date.now() },
      ),
    );
  },
  /** Data with the magic number of an aggregate and a checksum that is wrong. */
  feedBroken(): void {
    const data = encodeAggregate([{ partitionKey: 'u17', data: new Uint8Array(40) }], keyMd5);
    data[10] = 7;
    base.consumer.push(
      ...decodeRecord(
        { Data: data, PartitionKey: 'u17', SequenceNumber: recordOf(LANE, 1).sequenceNumber },
        { shardId: 'shardId-000000000002', hashKeys: undefined, readAt: Date.now() },
      ),
    );
  },
  /** Makes JSON of this size, as Kinesis would give it, and has it read with the answer. */
  makeLarge(bytes: number): () => void {
    const item = JSON.stringify({ id: 17, name: 'gooseneck kettle', prices: [49.9, 59.9] });
    const list = `{"list":[${`${item},`.repeat(Math.floor(bytes / (item.length + 1)) - 2)}${item}],"end":""}`;
    const data = new TextEncoder().encode(
      list.replace('""', `"${'x'.repeat(bytes - list.length)}"`),
    );
    return () => {
      const record = { Data: data, PartitionKey: 'u17', SequenceNumber: '49590000000000000001' };
      const from = { shardId: 'shardId-000000000002', hashKeys: undefined, readAt: Date.now() };
      base.consumer.push(...decodeRecord(record, from));
    };
  },
};

export type DebugDetailPage = typeof page;

Object.assign(window, { detailPage: page });
