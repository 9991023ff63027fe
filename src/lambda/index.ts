/** Entry `rivulet/lambda`: functions for AWS Lambda that read the stream, or transform for Amazon Data Firehose. No code. */
export { decodeFirehoseRecord, decodeKinesisEvent } from './decode-event.ts';
export {
  type FirehoseFunction,
  type FirehoseHandlerOptions,
  type FirehoseOutput,
  type FirehoseTransform,
  handleFirehose,
  type PartitionedOutput,
} from './handle-firehose.ts';
export { handleKinesis, type KinesisFunction } from './handle-kinesis.ts';
export {
  handleWindow,
  type LambdaWindow,
  type WindowFunction,
  type WindowHandler,
} from './handle-window.ts';
export type { KinesisFailure, KinesisHandlerOptions } from './options.ts';
export type * from './types.ts';
