/** The table that is queried: its columns, and what a row of the view is in it. */

import { formatShard } from '../format.ts';
import { labelOf, latencyOf, type RecordRow } from '../reading/rows.ts';

type Value = string | number | null | undefined | object;

interface Column {
  readonly name: string;
  readonly type: 'INTEGER' | 'TEXT';
  readonly says: string;
  readonly of: (row: RecordRow) => Value;
}

const column = (name: string, type: Column['type'], says: string, of: Column['of']): Column => ({
  name,
  type,
  says,
  of,
});

export const COLUMNS: readonly Column[] = [
  column('id', 'INTEGER', 'ascends by arrival', ({ id }) => id),
  column('shard', 'TEXT', 'its number', ({ record }) => formatShard(record.shardId)),
  column('sequence', 'TEXT', 'sequence number', ({ record }) => record.sequenceNumber),
  column('sub', 'INTEGER', 'place in its aggregate', ({ record }) => record.subSequenceNumber),
  column('of', 'INTEGER', 'records in its aggregate', ({ record }) => record.aggregateCount),
  column('key', 'TEXT', 'partition key', ({ record }) => record.partitionKey),
  column('lane', 'TEXT', 'lane of the client', ({ record }) => record.event?.rivulet.lane),
  column('seq', 'INTEGER', 'number in the lane', ({ record }) => record.event?.rivulet.seq),
  column('client', 'TEXT', 'anonymousId', ({ record }) => record.event?.anonymousId),
  column('user', 'TEXT', 'userId', ({ record }) => record.event?.userId),
  column('type', 'TEXT', 'track, page, metric …', ({ record }) => labelOf(record).type),
  column('name', 'TEXT', 'name of the event', ({ record }) => record.event?.event),
  column('message', 'TEXT', 'messageId', ({ record }) => record.event?.messageId),
  column('captured', 'INTEGER', 'ms since 1970', ({ record }) =>
    whole(Date.parse(record.event?.timestamp ?? '')),
  ),
  column('arrived', 'INTEGER', 'ms since 1970', ({ record }) => whole(record.arrivedAt)),
  column('read', 'INTEGER', 'ms since 1970', ({ record }) => whole(record.readAt)),
  column('latency', 'INTEGER', 'ms, captured to arrived', ({ record }) => whole(latencyOf(record))),
  column('bytes', 'INTEGER', 'of its data', ({ record }) => record.data.length),
  column('verdict', 'TEXT', 'new, duplicate, out_of_order, not_ours', ({ verdict }) => verdict),
  column('event', 'TEXT', "JSON: event ->> '$.properties.price'", ({ record }) => record.event),
];

const names = COLUMNS.map(({ name }) => `"${name}"`).join(', ');

export const CREATE_TABLE: string = `CREATE TABLE records (${COLUMNS.map(
  ({ name, type }, index) => `"${name}" ${type}${index === 0 ? ' PRIMARY KEY' : ''}`,
).join(', ')})`;

/**
 * Takes thousands of rows as one JSON text. `jsonb_each` reads it once; with `json_each` each column reads its row's text
 * again, which takes four times as long.
 */
export const INSERT_ROWS: string = `INSERT INTO records (${names}) SELECT ${COLUMNS.map(
  ({ name }, index) =>
    name === 'event' ? `nullif(value -> ${index}, 'null')` : `value ->> ${index}`,
).join(', ')} FROM jsonb_each(?)`;

/** One row as JSON. */
export function encodeRow(row: RecordRow): string {
  return JSON.stringify(COLUMNS.map(({ of }) => of(row) ?? null));
}

/** Whole milliseconds, so that dividing them by 1,000 gives whole seconds. JSON has no NaN: it becomes NULL. */
function whole(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms);
}

export interface Example {
  readonly title: string;
  readonly sql: string;
}

export const EXAMPLES: readonly Example[] = [
  {
    title: 'Events by type',
    sql: `SELECT coalesce(name, type) AS event, count(*) AS records, round(avg(latency)) AS "latency ms"
FROM records GROUP BY 1 ORDER BY 2 DESC`,
  },
  {
    title: 'Pages by clients',
    sql: `SELECT event ->> '$.context.page.path' AS page, count(DISTINCT client) AS clients, count(*) AS records
FROM records WHERE page IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 3 DESC LIMIT 20`,
  },
  {
    title: 'Records and latency by second',
    sql: `SELECT strftime('%H:%M:%S', arrived / 1000, 'unixepoch', 'localtime') AS second, count(*) AS records, max(latency) AS "slowest ms"
FROM records GROUP BY arrived / 1000 ORDER BY arrived / 1000`,
  },
];
