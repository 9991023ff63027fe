/** Entry `rivulet/consumer`: the stream, read back. No code. */
export { type IndexedDbStoreOptions, indexedDbStore } from './checkpoint/indexeddb-store.ts';
export { type LeaseOptions, leases } from './checkpoint/leases.ts';
export { memoryStore } from './checkpoint/memory-store.ts';
export type * from './checkpoint/types.ts';
export { createConsumer } from './consumer.ts';
export { decodeRecord, type ReadFrom } from './decode.ts';
export type { FilterSnapshot } from './ledger/filter-snapshot.ts';
export { createLedger } from './ledger/ledger.ts';
export type { DuplicateFilterOptions, LedgerOptions } from './ledger/options.ts';
export type { LaneSnapshot, LedgerSnapshot } from './ledger/snapshot.ts';
export {
  type DuplicateCounts,
  type DuplicateFilter,
  withoutDuplicates,
} from './ledger/without-duplicates.ts';
export { md5 } from './md5.ts';
export type { ConsumerOptions, KinesisReader } from './options.ts';
export { comparePositions } from './position.ts';
export { createReadDoorClient, type ReadDoorOptions } from './read-door-client.ts';
export type * from './run/types.ts';
export type { RecordFilter } from './sink.ts';
export type * from './types.ts';
export { createWindows } from './windows/create-windows.ts';
export { distinct } from './windows/distinct.ts';
export { createMeasure, type MeasureOf } from './windows/measure.ts';
export { type Percentiles, percentiles } from './windows/percentiles.ts';
export { metric } from './windows/reading.ts';
export { count, rate, type Summary, sum, summary } from './windows/sums.ts';
export { type Ranked, type TopKOptions, topK } from './windows/top-k.ts';
export type * from './windows/types.ts';
export { type WindowSource, windowed } from './windows/windowed.ts';
