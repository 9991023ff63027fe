import { KinesisClient } from '@aws-sdk/client-kinesis';
import { type ConsumedRecord, createConsumer, createLedger } from 'rivulet/consumer';

// node where.ts k3f9aL0qXw.17: the event's messageId, which is its lane and its number there.
const [, , id = ''] = process.argv;
const [lane = '', number] = id.split('.');
const seq = Number(number);

const ledger = createLedger();
const found: ConsumedRecord[] = [];
const consumer = createConsumer({
  client: new KinesisClient({}),
  stream: 'clickstream',
  from: 'TRIM_HORIZON',
});
await consumer.run(
  (records) => {
    for (const record of records) {
      ledger.add(record);
      if (record.event?.messageId === id) found.push(record);
    }
  },
  { until: 'caught_up' },
);

console.log(where());
console.log(ledger.summary(consumer.shards()).text);

function where(): string {
  const [first, ...copies] = found;
  if (first) {
    const { shardId, sequenceNumber, subSequenceNumber, arrivedAt = 0, kclDrops } = first;
    const place = `${shardId} at ${sequenceNumber}.${subSequenceNumber}`;
    const time = new Date(arrivedAt).toISOString();
    const fate = kclDrops ? ', in an aggregate that the KCL drops' : '';
    return `it arrived ${time} in ${place}, with ${copies.length} further copies${fate}: look behind the stream`;
  }
  const account = ledger.lane(lane);
  if (!account) {
    return 'nothing of its lane is in the stream: it was refused (the relay’s log says why), its client has not sent yet, or it is older than what the stream keeps';
  }
  if (seq > account.highest) {
    return `its lane came as far as ${account.highest}: its client has not sent it yet`;
  }
  if (account.gaps.some((gap) => seq >= gap.first && seq < gap.first + gap.count)) {
    return 'it is missing: later ones of its lane are here, and nobody has said that it was left out';
  }
  if (seq < account.first) return 'it is older than this account';
  return `it was left out on purpose: ${JSON.stringify(account.droppedBy)}`;
}
