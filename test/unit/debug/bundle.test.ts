import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClientStats } from '../../../src/client/types.ts';
import { decodeRecord } from '../../../src/consumer/decode.ts';
import { createLedger } from '../../../src/consumer/ledger/ledger.ts';
import { decodeBase64, encodeBase64 } from '../../../src/debug/export/base64.ts';
import { type Bundle, encodeBundle } from '../../../src/debug/export/bundle.ts';
import { openBundle } from '../../../src/debug/export/open-bundle.ts';
import { createBundleParser } from '../../../src/debug/export/parse-bundle.ts';
import type { Row } from '../../../src/debug/reading/rows.ts';
import { keyMd5 } from '../../../src/debug/stream/key-md5.ts';
import { encodeAggregate } from '../../../src/protocol/aggregate.ts';
import { recordOf, shardOf } from '../../helpers/scripted-consumer.ts';

const GOLDEN = resolve(import.meta.dirname, '../../fixtures/bundle/bundle-1.ndjson');
const LANE = 'k3f9aL0qXw';
const AT = Date.parse('2026-11-21T21:20:04.500Z');
const shard = shardOf(4, [0, 0.5], {
  parents: ['shardId-000000000000'],
  lastSequenceNumber: '52',
  lastReadAt: AT - 700,
  records: 5,
  bytes: 900,
  reads: 3,
});
const { shardId } = shard;

const STATS: ClientStats = {
  ...{ clientId: `client-of-${LANE}`, lane: LANE, captured: 7, stored: 4, rejected: 0 },
  ...{ dropped: 0, droppedBy: {}, log: 'indexeddb', missing: [] },
  queue: { segments: 1, events: 3, bytes: 410, inMemory: 0 },
  ...{ maxQueueBytes: 1_000_000, consent: 'granted', leader: true },
  ...{ pause: undefined, lastReceipt: undefined, clockOffsetMs: -400, sessionExpires: undefined },
} as unknown as ClientStats;

function sampleBundle(): Bundle {
  const events = [1, 2].map((seq) => recordOf(LANE, seq, {}, { readAt: AT }));
  const aggregate = encodeAggregate(
    events.map(({ partitionKey, data }) => ({ partitionKey, data })),
    keyMd5,
  );
  const raw = {
    SequenceNumber: '49',
    PartitionKey: 'a',
    Data: aggregate,
    ApproximateArrivalTimestamp: new Date(AT - 420),
  };
  const records = [
    ...decodeRecord(raw, { shardId, hashKeys: undefined, readAt: AT, md5: keyMd5 }),
    recordOf(LANE, 5, { event: 'Order Completed' }, { shardId, sequenceNumber: '51', readAt: AT }),
    recordOf(
      LANE,
      1,
      {},
      {
        shardId,
        sequenceNumber: '52',
        readAt: AT,
        event: undefined,
        data: Uint8Array.of(0, 159, 255),
      },
    ),
  ];
  const ledger = createLedger();
  const rows: Row[] = [];
  // The window has lost the first seven rows.
  let id = 7;
  for (const record of records) {
    const verdict = ledger.add(record);
    if (record.sequenceNumber === '51') {
      rows.push({
        kind: 'gap',
        id: id++,
        shardId,
        at: AT,
        range: { lane: LANE, first: 3, count: 2 },
      });
    }
    rows.push({
      kind: 'record',
      id: id++,
      record,
      verdict,
      isLate: record.sequenceNumber === '52',
    });
  }
  rows.push({
    kind: 'note',
    id: id++,
    at: AT,
    shardId: undefined,
    note: 'resumed',
    text: 'Reads succeed again',
  });
  return {
    header: {
      at: AT,
      stream: 'clickstream',
      fromBeginning: true,
      records: 11,
      gaps: 1,
      about: undefined,
    },
    shards: [shard],
    reachOf: (id) => (id === shardId ? { from: '40', to: '52', records: 5 } : undefined),
    rows,
    ledger: ledger.snapshot(),
    stats: STATS,
    stored: [{ lane: LANE, first: 3, count: 2, shard: shardId, sequence: '50', at: AT - 100 }],
    ownOf: (row) =>
      row.id === 10 ? { capturedAt: AT - 900, sentAt: AT - 500, attempt: 2 } : undefined,
    shownAt: ({ id }) => (id < 9 ? AT + 5 : undefined),
  };
}

const textOf = (bundle: Bundle): string => [...encodeBundle(bundle)].join('');

function parse(text: string): Bundle {
  const parser = createBundleParser();
  for (const line of text.trimEnd().split('\n')) parser.line(line);
  return parser.end();
}

function open(text: string, name = 'shop.ndjson') {
  return openBundle(new File([text], name), {
    runtime: { monotonic: () => performance.now() },
    onChange: () => {},
  });
}

describe('a bundle', () => {
  it('is what its golden file says', () => {
    const text = textOf(sampleBundle());
    // GOLDEN=write after a change of the format that is meant, with another version where old views cannot read it.
    if (process.env.GOLDEN === 'write') writeFileSync(GOLDEN, text);

    expect(text).toBe(readFileSync(GOLDEN, 'utf8'));
  });

  it('says the same when it is read and written again', () => {
    const linesOf = (text: string) =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
    const text = textOf(sampleBundle());

    expect(linesOf(textOf(parse(text)))).toEqual(linesOf(text));
  });

  it('brings rows, ledger, shards and the client’s word back', () => {
    const before = sampleBundle();
    const after = parse(textOf(before));

    expect(after.rows).toEqual(before.rows);
    expect(after.shards).toEqual(before.shards);
    expect(after.ledger).toEqual(before.ledger);
    expect(after.stored).toEqual(before.stored);
    expect(after.header).toEqual(before.header);
    expect(after.stats).toMatchObject({ captured: 7, queue: { events: 3 } });
  });

  it('keeps any data, byte for byte', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20_000 }), (data) => {
        expect(decodeBase64(encodeBase64(data))).toEqual(data);
      }),
    );
    const native = Uint8Array.prototype as { toBase64?: unknown };
    const { toBase64 } = native;
    delete native.toBase64;
    const bytes = Uint8Array.from({ length: 20_000 }, (_, index) => index % 251);
    expect(encodeBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
    if (toBase64) native.toBase64 = toBase64;
  });

  it('keeps any key, lane, text and number of records', () => {
    const record = fc.record({
      partitionKey: fc.string(),
      seq: fc.integer({ min: 1, max: 2 ** 50 }),
      event: fc.string(),
      arrivedAt: fc.option(fc.integer({ min: 0, max: 4e12 }), { nil: undefined }),
      isLate: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(record, { maxLength: 8 }), (records) => {
        const rows = records.map(({ partitionKey, seq, event, arrivedAt, isLate }, id): Row => {
          const change = { partitionKey, arrivedAt, readAt: AT };
          const record = recordOf(LANE, seq, { event }, change);
          return { kind: 'record', id, verdict: 'new', isLate, record };
        });

        const read = parse(textOf({ ...sampleBundle(), rows }));

        expect(read.rows).toEqual(rows);
      }),
    );
  });
});

describe('opening a bundle', () => {
  it('gives a session that stands still, as the other view saw it', async () => {
    const session = await open(textOf(sampleBundle()));
    const { model } = session;

    expect(session.replayed).toBe('shop.ndjson');
    expect(session.replayedAt).toBe(AT);
    expect([model.rows.first(), model.rows.end()]).toEqual([7, 13]);
    expect(model.rows.at(model.rows.find(9))?.kind).toBe('gap');
    expect(model.counts()).toEqual({ records: 11, gaps: 1 });
    expect(model.ledger.totals()).toMatchObject({ received: 3, missing: 2 });
    expect(session.tap?.stored()).toHaveLength(1);
    expect(session.tap?.journeys.of(LANE, 5)).toMatchObject({ attempt: 2 });
    expect(session.shown.of(8)).toBe(AT + 5);
    expect(session.shards()).toEqual([shard]);
  });

  it('knows when shards came that its view saw coming', async () => {
    const bundle = sampleBundle();
    const note = { kind: 'note', at: AT - 30_000, text: '' } as const;
    const [parent = ''] = shard.parents;
    const rows: Row[] = [{ ...note, id: 0, shardId: parent, note: 'split' }];

    const session = await open(textOf({ ...bundle, rows }));

    expect(session.bornAt?.(shardId)).toBe(AT - 30_000);
    expect(session.bornAt?.('another')).toBeUndefined();
  });

  it('reads lines that come in pieces', async () => {
    const bytes = new TextEncoder().encode(textOf(sampleBundle()));
    const stream = () =>
      new ReadableStream<Uint8Array<ArrayBuffer>>({
        start: (controller) => {
          for (let at = 0; at < bytes.length; at += 7) controller.enqueue(bytes.slice(at, at + 7));
          controller.close();
        },
      });

    const session = await openBundle(
      { name: 'slow.ndjson', stream },
      { runtime: { monotonic: () => 0 }, onChange: () => {} },
    );

    expect(session.model.rows.end()).toBe(13);
  });

  const whole = textOf(sampleBundle());
  const lines = whole.trimEnd().split('\n');
  const without = (index: number) => lines.toSpliced(index, 1).join('\n');

  it.each<[string, string, RegExp]>([
    ['an empty file', '', /expected a bundle of Rivulet, got an empty file/],
    ['a picture', '\u0089PNG\r\n', /line 1: expected a bundle of Rivulet, got/],
    [
      'other JSON',
      '{"kind":"har"}\n',
      /line 1: expected the header of a bundle of Rivulet, got har/,
    ],
    ['an array', '[1]\n', /line 1: expected a bundle of Rivulet, got \[1\]/],
    ['another format', whole.replace('rivulet-bundle', 'other'), /line 1: .* got other/],
    [
      'a later version',
      whole.replace('"version":1', '"version":2'),
      /line 1: expected version 1, got 2/,
    ],
    ['a file that is cut off', whole.slice(0, -80), /line \d+: expected/],
    [
      'a file that is cut between lines',
      lines.slice(0, -1).join('\n'),
      /expected the end of the bundle/,
    ],
    ['a file that lacks a line', without(6), /line \d+: expected/],
    [
      'a shard without hash keys',
      whole.replace('"hashKeys"', '"keys"'),
      /line 2: expected hashKeys/,
    ],
    ['a ledger that is none', whole.replace('"latestAt"', '"at"'), /latestAt/],
    ['data that is no base64', whole.replace('"AJ//"', '"?"'), /line \d+: expected base64, got \?/],
    ['text behind the end', `${whole}more`, /nothing behind the end/],
  ])('says of %s what was expected and what came', async (_, text, message) => {
    await expect(open(text)).rejects.toThrow(message);
  });

  it('fails in words alone, whatever is changed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: whole.length }),
        fc.string({ maxLength: 3 }),
        async (at, text) => {
          const changed = whole.slice(0, at) + text + whole.slice(at + 1);
          const error = await open(changed).then(
            () => undefined,
            (error: unknown) => error,
          );
          // Whatever else is thrown would be a mistake of ours.
          if (error) expect(error).toMatchObject({ name: 'RivuletError' });
        },
      ),
      { numRuns: 300 },
    );
  });
});
