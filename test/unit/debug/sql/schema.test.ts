import sqlite3InitModule from '@sqlite.org/sqlite-wasm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RecordRow } from '../../../../src/debug/reading/rows.ts';
import {
  COLUMNS,
  CREATE_TABLE,
  EXAMPLES,
  encodeRow,
  INSERT_ROWS,
} from '../../../../src/debug/sql/schema.ts';
import { recordOf } from '../../../helpers/scripted-consumer.ts';

const sqlite3 = await sqlite3InitModule();
let db: InstanceType<typeof sqlite3.oo1.DB>;

beforeEach(() => {
  db = new sqlite3.oo1.DB(':memory:');
  db.exec(CREATE_TABLE);
});
afterEach(() => db.close());

function rowOf(id: number, ...[event, change]: [object?, object?]): RecordRow {
  const record = recordOf('lane-a', id + 1, event, { readAt: 1_763_673_600_900.4, ...change });
  return { kind: 'record', id, record, verdict: 'new', isLate: false };
}

function load(...rows: readonly RecordRow[]): void {
  db.exec({ sql: INSERT_ROWS, bind: [`[${rows.map(encodeRow).join()}]`] });
}

function ask(sql: string): unknown[][] {
  return db.exec({ sql, rowMode: 'array', returnValue: 'resultRows' }) as unknown[][];
}

describe('a row of the view in the table', () => {
  it('has every column that the drawer names', () => {
    load(rowOf(3, { userId: 'ada', properties: { price: 49.9 } }, { aggregateCount: 12 }));

    const [row = []] = ask('SELECT * FROM records');

    const named = Object.fromEntries(COLUMNS.map(({ name }, index) => [name, row[index]]));
    expect(named).toMatchObject({
      id: 3,
      shard: '0',
      sub: 0,
      of: 12,
      key: 'client-of-lane-a',
      lane: 'lane-a',
      seq: 4,
      client: 'client-of-lane-a',
      user: 'ada',
      type: 'track',
      name: 'Product Clicked',
      message: 'lane-a.4',
      captured: 1_763_673_600_000,
      arrived: 1_763_673_600_480,
      read: 1_763_673_600_900,
      latency: 480,
      verdict: 'new',
    });
    expect(named.bytes).toBeGreaterThan(100);
  });

  it('keeps a sequence number as text, digit for digit', () => {
    const sequenceNumber = '49590338271490256608559692538361571095921575989136588898';
    load(rowOf(0, {}, { sequenceNumber }));

    expect(ask('SELECT sequence FROM records')).toEqual([[sequenceNumber]]);
  });

  it('gives its event as JSON, whatever the texts in it', () => {
    load(rowOf(0, { properties: { price: 49.9, title: 'a "quoted" \\ \u0000 kettle’s 🫖' } }));

    expect(
      ask("SELECT event ->> '$.properties.price', event ->> '$.properties.title' FROM records"),
    ).toEqual([[49.9, 'a "quoted" \\ \u0000 kettle’s 🫖']]);
  });

  it('has NULL for all that a record of somebody else does not say', () => {
    load(rowOf(0, {}, { event: undefined, arrivedAt: undefined }));

    expect(
      ask('SELECT type, lane, seq, name, user, captured, arrived, latency, event FROM records'),
    ).toEqual([['data', null, null, null, null, null, null, null, null]]);
  });
});

describe('an example', () => {
  it.each(EXAMPLES)('$title answers with rows', ({ sql }) => {
    load(
      rowOf(0, { type: 'page', event: undefined }),
      rowOf(1, { context: { page: { path: '/basket' } } }),
      rowOf(2, {}, { event: undefined }),
    );

    expect(ask(sql).length).toBeGreaterThan(0);
  });
});
