import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { ConsumedRecord } from '../../src/consumer/types.ts';
import type { StreamRecord } from '../../src/protocol/event.ts';

const AT = '2026-01-01T00:00:00.000Z';

/** Page loads that are under way at a time, taking turns. */
const PAGES_AT_A_TIME = 1000;

/** Whose number and place are set anew for each event: what is kept of one has to be copied. */
interface Page {
  readonly record: { -readonly [field in keyof ConsumedRecord]: ConsumedRecord[field] };
  readonly rivulet: { lane: string; seq: number; source: string };
}

/** With texts of its own, as what was parsed has. */
function openPage(number: number): Page {
  const rivulet = { lane: `L${number.toString(36).padStart(9, '0')}`, seq: 0, source: 'shop' };
  const event: StreamRecord = {
    type: 'track',
    messageId: '',
    anonymousId: `${number.toString(16).padStart(8, '0')}-1111-4111-8111-111111111111`,
    userId: null,
    event: 'Product Clicked',
    context: {},
    originalTimestamp: AT,
    timestamp: AT,
    sentAt: AT,
    receivedAt: AT,
    rivulet,
  };
  const record = {
    shardId: 'shardId-000000000000',
    sequenceNumber: '0',
    subSequenceNumber: 0,
    aggregateCount: undefined,
    undecoded: undefined,
    outOfRange: false,
    kclDrops: false,
    partitionKey: event.anonymousId,
    data: new Uint8Array(),
    arrivedAt: Date.parse(AT) + 1000,
    readAt: Date.parse(AT) + 2000,
    event,
  };
  return { record, rivulet };
}

/** Calls with each of `events` records, and its number in its page load, as they reach a stream. Answers how many page loads there were. */
export function simulateStream(
  events: number,
  eventsPerPage: number,
  take: (record: ConsumedRecord, page: number, seq: number) => void,
): number {
  const perRound = PAGES_AT_A_TIME * eventsPerPage;
  let pages: Page[] = [];
  let opened = 0;
  for (let each = 0; each < events; each++) {
    if (each % perRound === 0) {
      pages = Array.from({ length: PAGES_AT_A_TIME }, () => openPage(opened++));
    }
    const page = pages[each % PAGES_AT_A_TIME] as Page;
    page.rivulet.seq = Math.floor((each % perRound) / PAGES_AT_A_TIME) + 1;
    page.record.sequenceNumber = String(each);
    take(page.record, opened - PAGES_AT_A_TIME + (each % PAGES_AT_A_TIME), page.rivulet.seq);
  }
  return opened;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes that are in use, after what is not has been collected. */
export function heapBytes(): number {
  collect();
  return process.memoryUsage().heapUsed;
}
