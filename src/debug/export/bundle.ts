/**
 * What a view holds, as one file that another view opens again: JSON lines, the header first, the number of lines last. Times
 * are milliseconds since 1970, sequence numbers and hash keys decimal text, data base64.
 */

import { SDK_VERSION } from '../../client/sdk.ts';
import type { ClientStats } from '../../client/types.ts';
import type { StreamSummary } from '../../consumer/describe-stream.ts';
import type { LedgerSnapshot } from '../../consumer/ledger/snapshot.ts';
import type { ShardState } from '../../consumer/types.ts';
import type { OwnTimes } from '../detail/journey.ts';
import type { StoredRun } from '../ledger/promises.ts';
import type { Reach } from '../ledger/reach.ts';
import type { Row } from '../reading/rows.ts';
import { encodeBase64 } from './base64.ts';

export const BUNDLE_FORMAT = 'rivulet-bundle';
export const BUNDLE_VERSION = 1;

export interface BundleHeader {
  /** When it was made. */
  readonly at: number;
  readonly stream: string;
  readonly fromBeginning: boolean;
  /** Since the beginning of the reading; the window may hold fewer. */
  readonly records: number;
  readonly gaps: number;
  /** What the stream said of itself. */
  readonly about?: StreamSummary | undefined;
}

export interface Bundle {
  readonly header: BundleHeader;
  readonly shards: readonly ShardState[];
  readonly reachOf: (shardId: string) => Reach | undefined;
  /** The window, oldest first; ids ascend by one. */
  readonly rows: readonly Row[];
  readonly ledger: LedgerSnapshot;
  /** Of the page's own client. */
  readonly stats: ClientStats | undefined;
  readonly stored: readonly StoredRun[];
  /** What the client said about the row's event. */
  readonly ownOf: (row: Row) => OwnTimes | undefined;
  readonly shownAt: (row: Row) => number | undefined;
}

/** The lines, each with its line break. */
export function* encodeBundle(bundle: Bundle): Generator<string, undefined> {
  const { header, shards, rows, ledger, stats, stored } = bundle;
  /** Those that are in the file, each by its place among them: their records' data is in them. */
  const aggregates = new Map<object, number>();
  let lines = 0;
  const line = (kind: string, fields: object): string => {
    lines++;
    return `${JSON.stringify({ kind, ...fields })}\n`;
  };
  const versions = { format: BUNDLE_FORMAT, version: BUNDLE_VERSION, rivulet: SDK_VERSION };
  yield line('header', { ...versions, ...header });
  for (const { hashKeys, ...shard } of shards) {
    const [start, end] = [String(hashKeys.start), String(hashKeys.end)];
    yield line('shard', {
      ...shard,
      hashKeys: { start, end },
      reach: bundle.reachOf(shard.shardId),
    });
  }
  yield line('ledger', { ledger });
  if (stats) yield line('client', { stats });
  for (const run of stored) yield line('receipt', run);
  for (const row of rows) {
    if (row.kind !== 'record') {
      yield line(row.kind, row);
      continue;
    }
    const { record, id, verdict, isLate } = row;
    // The event is decoded again from the data: it says the same.
    const { data, event: _, aggregate, ...rest } = record;
    const fields = {
      id,
      verdict,
      isLate,
      ...rest,
      own: bundle.ownOf(row),
      shownAt: bundle.shownAt(row),
    };
    if (!aggregate) {
      yield line('record', { ...fields, data: encodeBase64(data) });
      continue;
    }
    if (!aggregates.has(aggregate)) {
      const { partitionKey, data } = aggregate;
      aggregates.set(aggregate, aggregates.size);
      yield line('aggregate', { partitionKey, data: encodeBase64(data) });
    }
    yield line('record', { ...fields, aggregate: aggregates.get(aggregate) });
  }
  yield `${JSON.stringify({ kind: 'end', lines })}\n`;
  return undefined;
}
