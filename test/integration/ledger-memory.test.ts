import { expect, test } from 'vitest';
import { createLedger } from '../../src/consumer/ledger/ledger.ts';
import { withoutDuplicates } from '../../src/consumer/ledger/without-duplicates.ts';
import { heapBytes, simulateStream } from '../helpers/simulated-stream.ts';

const EVENTS = 10_000_000;
const EVENTS_PER_PAGE = 10;
const PAGES = EVENTS / EVENTS_PER_PAGE;
const TIMEOUT_MS = 240_000;

test(
  'ten million events pass once each, within the memory that the defaults allow',
  () => {
    const filter = withoutDuplicates();
    const before = heapBytes();

    simulateStream(EVENTS, EVENTS_PER_PAGE, (record, page) => {
      if (filter.isWanted(record)) filter.done(record);
      // What had no answer is sent again.
      if (page % 100 === 0) filter.isWanted({ ...record, sequenceNumber: 'copy' });
    });

    expect(filter.counts()).toEqual({
      ...{ passed: EVENTS, duplicates: EVENTS / 100, foreign: 0 },
      ...{ lanes: 100_000, runs: 100_000, forgottenLanes: PAGES - 100_000, forgottenRuns: 0 },
    });
    // 0.3 KB for each of 100,000 lanes, as the option says.
    expect(heapBytes() - before).toBeLessThan(30_000_000);
  },
  TIMEOUT_MS,
);

test('the worst lanes, all of them full of holes, stay within the limits', () => {
  const [maxLanes, maxRuns] = [10_000, 500_000];
  const filter = withoutDuplicates({ maxLanes, maxRuns });
  const before = heapBytes();

  const pages = simulateStream(1_000_000, 200, (record, _page, seq) => {
    if (seq % 2 === 0) filter.done(record);
  });

  expect(pages).toBe(5000);
  expect(filter.counts()).toMatchObject({ lanes: 5000, runs: 500_000, forgottenRuns: 0 });
  expect(heapBytes() - before).toBeLessThan(maxLanes * 300 + maxRuns * 40);
});

test('a ledger of many lanes stays within its limits, and counts all', () => {
  const maxLanes = 10_000;
  const ledger = createLedger({ maxLanes });
  const before = heapBytes();

  // One of every twenty is lost.
  const pages = simulateStream(1_000_000, 20, (record, _page, seq) => {
    if (seq !== 7) ledger.add(record);
  });

  expect(ledger.totals()).toMatchObject({
    ...{ received: 950_000, missing: 50_000, incomplete: 50_000, partial: 0 },
    ...{ lanes: pages, forgotten: pages - maxLanes },
  });
  // 0.4 KB for each lane, twice that where it has a gap.
  expect(heapBytes() - before).toBeLessThan(maxLanes * 1000);
});
