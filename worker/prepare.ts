/** From the segments of a batch to the entries of its puts: validate, enrich, key. */

import type { WireSegment } from '../src/protocol/batch.ts';
import type { Position } from '../src/protocol/event.ts';
import { MAX_RECORD_BYTES } from '../src/protocol/limits.ts';
import { type Parsed, refused } from '../src/protocol/parsed.ts';
import type { RejectionCode } from '../src/protocol/receipt.ts';
import { type BatchFacts, toRecord } from './enrich.ts';
import type { Entry } from './kinesis/unit.ts';
import { partitionKeyOf } from './partition.ts';
import type { Verdict } from './receipts.ts';
import type { Source } from './sources.ts';
import { parseContext, parseEvent } from './validate.ts';

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
  const encoder = new TextEncoder();

  for (const segment of segments) {
    const context = parseContext(segment.context);
    const draw = random();
    const prepare = (
      line: string,
      position: Position,
    ): Parsed<Omit<Entry, 'index'>, RejectionCode> => {
      if (!context.ok) return context;
      const event = parseEvent(line);
      if (!event.ok) return event;
      const record = toRecord(event.value, position, context.value, facts);
      const partitionKey = partitionKeyOf(source, record, draw);
      const data = encoder.encode(JSON.stringify(record));
      // A number may be longer as JavaScript writes it than as it came: 1e20 becomes 21 digits.
      if (data.length + partitionKey.length * 3 > MAX_RECORD_BYTES) {
        return refused('event_too_large', `record: expected at most ${MAX_RECORD_BYTES} bytes`);
      }
      return { ok: true, value: { partitionKey, data } };
    };

    segment.lines.forEach((line, offset) => {
      const position = { lane: segment.lane, seq: segment.first + offset };
      const index = positions.push(position) - 1;
      const prepared = prepare(line, position);
      if (prepared.ok) entries.push({ index, ...prepared.value });
      else {
        const { code, reason } = prepared;
        rejections.set(index, { status: 'rejected', code, reason });
      }
    });
  }
  return { positions, entries, rejections };
}
