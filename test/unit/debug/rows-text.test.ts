import { describe, expect, it } from 'vitest';
import { csvCell, linesOf, shardsCsv } from '../../../src/debug/export/rows-text.ts';
import { inSlices } from '../../../src/debug/export/slices.ts';
import type { Row } from '../../../src/debug/reading/rows.ts';
import { recordOf, shardOf } from '../../helpers/scripted-consumer.ts';

const LANE = 'k3f9aL0qXw';
const readAt = Date.parse('2026-11-21T21:20:04.500Z');
const shardId = 'shardId-000000000004';

const rows: readonly Row[] = [
  {
    kind: 'record',
    id: 0,
    verdict: 'new',
    isLate: false,
    record: recordOf(
      LANE,
      1,
      { event: '=HYPERLINK("http://x")', properties: { price: 49.9 } },
      { shardId, sequenceNumber: '49', readAt },
    ),
  },
  { kind: 'gap', id: 1, shardId, at: readAt, range: { lane: LANE, first: 2, count: 3 } },
  { kind: 'note', id: 2, at: readAt, shardId, note: 'split', text: 'Shard 4 was split, twice' },
];

describe('CSV', () => {
  it('has a line for every row, whatever it is, and a column for every path', () => {
    const [head, record, gap, note] = [...linesOf(rows, 'csv', ['properties.price'])];

    expect(head).toBe(
      'arrived,row,shard,sequence,sub_sequence,key,type,event,lane,seq,user,client,bytes,latency_ms,properties.price\r\n',
    );
    expect(record).toMatch(/^2026-11-21T21:20:04.080Z,record,4,49,0,.*,480,49\.9\r\n$/);
    expect(gap).toBe(`2026-11-21T21:20:04.500Z,gap,4,,,,,,${LANE},2-4,,,,,\r\n`);
    expect(note).toBe('2026-11-21T21:20:04.500Z,split,4,,,,,"Shard 4 was split, twice",,,,,,,\r\n');
  });

  it('quotes what has to be, and makes no formula of data', () => {
    expect(csvCell('a,b')).toBe('"a,b"');
    expect(csvCell('say "no"\n')).toBe('"say ""no""\n"');
    expect(csvCell('=1+1')).toBe("'=1+1");
    expect(csvCell('@sum')).toBe("'@sum");
    expect(csvCell('-5m')).toBe("'-5m");
    expect(csvCell(-5)).toBe('-5');
    expect(csvCell(undefined)).toBe('');
    expect(csvCell({ a: 1 })).toBe('"{""a"":1}"');
  });

  it('says of every shard what its table says', () => {
    const shards = [shardOf(4, [0, 0.5], { parents: ['shardId-000000000000'], records: 12 })];

    expect(shardsCsv(shards).split('\r\n')[1]).toBe(
      'shardId-000000000004,live,shardId-000000000000,0,170141183460469231731687303715884105727,12,0,0,,0,0,',
    );
  });
});

describe('NDJSON', () => {
  it('is one object a row, with the event, or the data of what is none', () => {
    const data = Uint8Array.of(0, 255);
    const binary = recordOf(LANE, 1, {}, { event: undefined, data, readAt });
    const last: Row = { kind: 'record', id: 3, verdict: 'not_ours', isLate: false, record: binary };
    const lines = [...linesOf([...rows, last], 'ndjson', [])].map((line) => JSON.parse(line));

    expect(lines).toMatchObject([
      { kind: 'record', shardId, sequenceNumber: '49', event: { properties: { price: 49.9 } } },
      { kind: 'gap', range: { first: 2, count: 3 } },
      { kind: 'note', note: 'split' },
      { kind: 'record', verdict: 'not_ours', data: 'AP8=' },
    ]);
  });
});

describe('long work', () => {
  /** Each item takes this long. */
  const clockOf = (takesMs: number) => {
    let now = 0;
    const handle = (): void => {
      now += takesMs;
    };
    return { monotonic: () => now, handle };
  };

  it('is done in slices, and tells how far it is', async () => {
    const { monotonic, handle } = clockOf(5);
    const told: number[] = [];
    const items = Array.from({ length: 10 }, (_, index) => index);
    const { signal } = new AbortController();

    const isWhole = await inSlices(items, handle, {
      monotonic,
      signal,
      onProgress: (done) => told.push(done),
    });

    expect(isWhole).toBe(true);
    expect(told).toEqual([3, 6, 9, 10]);
  });

  it('ends where it is stopped', async () => {
    const { monotonic, handle } = clockOf(5);
    const stopping = new AbortController();
    let last = 0;

    const isWhole = await inSlices(Array.from({ length: 1_000 }), handle, {
      monotonic,
      signal: stopping.signal,
      onProgress: (done) => {
        last = done;
        stopping.abort();
      },
    });

    expect(isWhole).toBe(false);
    expect(last).toBe(3);
  });
});
