/** The record whose detail is open: decoded and hashed once, not with every drawing. */

import { hashKeyOf } from '../../protocol/partition-key.ts';
import type { Row } from '../reading/rows.ts';
import { keyMd5 } from '../stream/key-md5.ts';
import { type JourneyLog, type Leg, legsOf } from './journey.ts';
import { textOf } from './record-text.ts';

export interface OpenRecord {
  readonly of: (row: Row | undefined) => OpenedRow | undefined;
}

export interface OpenedRow {
  readonly row: Row;
  readonly text: string;
  /** Where the partition key lies. */
  readonly hashKey: bigint | undefined;
  readonly legs: (journeys: JourneyLog | undefined, shownAt: number | undefined) => readonly Leg[];
}

export function createOpenRecord(): OpenRecord {
  let current: OpenedRow | undefined;
  return {
    of: (row) => {
      if (current?.row !== row) current = row && openRow(row);
      return current;
    },
  };
}

function openRow(row: Row): OpenedRow {
  if (row.kind !== 'record') return { row, text: '', hashKey: undefined, legs: () => [] };
  const { record } = row;
  const at = record.event?.rivulet;
  return {
    row,
    text: textOf(record),
    hashKey: hashKeyOf(record.partitionKey, keyMd5),
    legs: (journeys, shownAt) => legsOf(record, at && journeys?.of(at.lane, at.seq), shownAt),
  };
}
