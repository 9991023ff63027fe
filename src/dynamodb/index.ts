/** Entry `rivulet/dynamodb`: checkpoints in DynamoDB, and the lease tables of others. No code. */
export { type DynamoDbStoreOptions, dynamoDbStore } from './dynamodb-store.ts';
export type { LeaseTableRow } from './lease-item.ts';
export {
  compareProgress,
  type ReadLeaseTableOptions,
  reachedAt,
  readLeaseTable,
  type ShardProgress,
} from './read-lease-table.ts';
export type { DynamoDbSender } from './throttle.ts';
