/** The AWS SDK's own commands that read: loaded when the page hands over a client of the SDK's. */
export {
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListShardsCommand,
} from '@aws-sdk/client-kinesis';
