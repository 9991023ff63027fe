/** What a proof costs: the ledger and the filter of duplicates, per event and per lane, over ten million events. */

import { createLedger } from '../../src/consumer/ledger/ledger.ts';
import { withoutDuplicates } from '../../src/consumer/ledger/without-duplicates.ts';
import type { ConsumedRecord, Ledger } from '../../src/consumer/types.ts';
import { heapBytes, simulateStream } from '../helpers/simulated-stream.ts';
import type { Bench, Measurement } from './bench.ts';

const EVENTS = 10_000_000;
const EVENTS_PER_PAGE = 10;
const LANES = 1_000_000;
const GAPS = 1_000_000;
/** Has no divisor in common with the number of gaps: one after the other fills, far from the one before. */
const STRIDE = 7919;

export const bench: Bench = {
  name: 'ledger',
  run: async () => {
    const parsing = { name: 'JSON.parse of the event', value: timeParsing() };
    const { add } = createLedger();
    const filter = withoutDuplicates();
    return [
      ...measureStream('ledger', add, parsing),
      ...measureStream(
        'filter',
        (record) => filter.isWanted(record) && filter.done(record),
        parsing,
      ),
      ...measureLanes(parsing),
      ...measureGaps(parsing),
    ];
  },
};

type Baseline = NonNullable<Measurement['baseline']>;

/** What reading an event costs anyway. */
function timeParsing(): number {
  let text = '';
  simulateStream(1, 1, ({ event }) => {
    text = JSON.stringify(event);
  });
  return microsecondsEach(500_000, () => {
    for (let each = 0; each < 500_000; each++) JSON.parse(text);
  });
}

function measureStream(
  name: string,
  take: (record: ConsumedRecord) => unknown,
  baseline: Baseline,
): Measurement[] {
  const before = heapBytes();
  const value = microsecondsEach(EVENTS, () => simulateStream(EVENTS, EVENTS_PER_PAGE, take));
  return [
    { name: `${name}: ten million events`, value, unit: 'µs each', baseline },
    {
      name: `${name}: what it then holds`,
      value: (heapBytes() - before) / 2 ** 20,
      unit: 'MiB',
      target: { of: 'value', at: 'most', bound: 64 },
    },
  ];
}

function measureLanes(baseline: Baseline): Measurement[] {
  const before = heapBytes();
  const ledger = createLedger({ maxLanes: LANES });
  const value = microsecondsEach(LANES, () => simulateStream(LANES, 1, ledger.add));
  const bytes = (heapBytes() - before) / ledger.totals().lanes;
  return [
    { name: 'ledger: a new lane, of a million', value, unit: 'µs each', baseline },
    { name: 'ledger: memory of a lane', value: bytes, unit: 'B' },
    timeCall('ledger: totals of a million lanes', 1000, ledger.totals),
    timeCall('ledger: summary of a million lanes', 1, () => ledger.summary()),
    timeCall('ledger: snapshot of a million lanes', 1, ledger.snapshot),
  ];
}

/** One lane of which at first every other event is missing. */
function measureGaps(baseline: Baseline): Measurement[] {
  const ledger = createLedger({ maxGaps: GAPS });
  const before = heapBytes();
  const opening = microsecondsEach(GAPS, () => addAll(ledger, (place) => 2 * place + 2));
  const bytes = (heapBytes() - before) / GAPS;
  const filling = microsecondsEach(GAPS, () =>
    addAll(ledger, (place) => 2 * ((place * STRIDE) % GAPS) + 1),
  );
  if (ledger.totals().missing > 0) throw new Error('gaps: expected none, all were filled');
  return [
    { name: 'ledger: a new gap, of a million', value: opening, unit: 'µs each', baseline },
    { name: 'ledger: one that fills, of a million', value: filling, unit: 'µs each', baseline },
    { name: 'ledger: memory of a gap', value: bytes, unit: 'B' },
  ];
}

function addAll(ledger: Ledger, seqOf: (place: number) => number): void {
  simulateStream(1, 1, (record) => {
    const { event } = record;
    if (!event) return;
    for (let place = 0; place < GAPS; place++) {
      const rivulet = { ...event.rivulet, seq: seqOf(place) };
      ledger.add({ ...record, event: { ...event, rivulet } });
    }
  });
}

function timeCall(name: string, times: number, call: () => unknown): Measurement {
  const value = microsecondsEach(times, () => {
    for (let time = 0; time < times; time++) call();
  });
  return { name, value: value / 1000, unit: 'ms' };
}

function microsecondsEach(times: number, run: () => void): number {
  const startedAt = performance.now();
  run();
  return ((performance.now() - startedAt) * 1000) / times;
}
