/** From the segments of a batch to the entries of its puts: validate, enrich, key. */

import type { WireSegment } from '../../src/protocol/batch.ts';
import type { Position, SegmentContext } from '../../src/protocol/event.ts';
import { MAX_RECORD_BYTES } from '../../src/protocol/limits.ts';
import { type Parsed, refused } from '../../src/protocol/parsed.ts';
import type { RejectionCode } from '../../src/protocol/receipt.ts';
import type { Source } from '../configuration/source.ts';
import type { Entry } from '../kinesis/unit.ts';
import { type BatchFacts, createRecordWriter } from './enrich.ts';
import { createKeyChooser } from './partition.ts';
import type { Verdict } from './receipts.ts';
import { parseContext, parseEvent } from './validate.ts';

const encoder = new TextEncoder();

export interface Prepared {
  /** Every event of the batch, in order. What follows names events by their place here. */
  readonly positions: readonly Position[];
  readonly entries: readonly Entry[];
  readonly rejections: ReadonlyMap<number, Verdict>;
}

export function prepareEntries(
  segments: readonly WireSegment[],
  facts: BatchFacts,
  source: Source,
  random: () => number,
): Prepared {
  const positions: Position[] = [];
  const entries: Entry[] = [];
  const rejections = new Map<number, Verdict>();

  for (const segment of segments) {
    const context = parseContext(segment.context);
    const prepare = context.ok
      ? createPreparer(segment.lane, context.value, facts, source, random())
      : () => context;

    segment.lines.forEach((line, offset) => {
      const seq = segment.first + offset;
      const index = positions.push({ lane: segment.lane, seq }) - 1;
      const prepared = prepare(line, seq);
      if (prepared.ok) entries.push({ index, ...prepared.value });
      else {
        const { code, reason } = prepared;
        rejections.set(index, { status: 'rejected', code, reason });
      }
    });
  }
  return { positions, entries, rejections };
}

type Preparer = (line: string, seq: number) => Parsed<Omit<Entry, 'index'>, RejectionCode>;

function createPreparer(
  lane: string,
  context: SegmentContext,
  facts: BatchFacts,
  source: Source,
  draw: number,
): Preparer {
  const records = createRecordWriter(lane, context, facts);
  const keyOf = createKeyChooser(source, lane, context, draw);
  return (line, seq) => {
    const parsed = parseEvent(line);
    if (!parsed.ok) return parsed;
    const partitionKey = keyOf(parsed.value, records.contextOf);
    const data = encoder.encode(records.write(parsed.value, seq));
    // A number may be longer as JavaScript writes it than as it came: 1e20 becomes 21 digits.
    if (data.length + partitionKey.length * 3 > MAX_RECORD_BYTES) {
      return refused('event_too_large', `record: expected at most ${MAX_RECORD_BYTES} bytes`);
    }
    return { ok: true, value: { partitionKey, data } };
  };
}
