/** Entry `rivulet/consumer`: the stream, read back. No code. */
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
export { createReadDoorClient, type ReadDoorOptions } from './read-door-client.ts';
export type * from './run/types.ts';
export type { RecordFilter } from './sink.ts';
export type * from './types.ts';
