/** An in-process Amazon Kinesis for tests. No code. */
export { clientOf } from './client.ts';
export type { EntryErrorCode } from './errors.ts';
export {
  createFakeKinesis,
  type FakeAnswer,
  type FakeKinesis,
  type FakeKinesisOptions,
} from './fake-kinesis.ts';
export type { Call, Fault } from './faults.ts';
export { type FakeKinesisServer, serveFakeKinesis } from './server.ts';
export type { StoredRecord } from './shard.ts';
export type { FakeCredentials } from './sigv4.ts';
