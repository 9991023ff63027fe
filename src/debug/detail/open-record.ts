/** The row whose detail is open: its key is hashed once, not with every drawing. */

import { hashKeyOf } from '../../protocol/partition-key.ts';
import type { Row } from '../reading/rows.ts';
import { keyMd5 } from '../stream/key-md5.ts';

export interface OpenRecord {
  readonly of: (row: Row | undefined) => OpenedRow | undefined;
}

export interface OpenedRow {
  readonly row: Row;
  /** Where the partition key lies. */
  readonly hashKey: bigint | undefined;
}

export function createOpenRecord(): OpenRecord {
  let current: OpenedRow | undefined;
  return {
    of: (row) => {
      if (current?.row !== row) current = row && { row, hashKey: hashKeyOfRow(row) };
      return current;
    },
  };
}

function hashKeyOfRow(row: Row): bigint | undefined {
  return row.kind === 'record' ? hashKeyOf(row.record.partitionKey, keyMd5) : undefined;
}
