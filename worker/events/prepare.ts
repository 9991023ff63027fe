/** From the segments of a batch to the entries of its puts: read, held against the plan, redacted, enriched, keyed. */

import type { WireSegment } from '../../src/protocol/batch.ts';
import type { Position } from '../../src/protocol/event.ts';
import { type Parsed, refused } from '../../src/protocol/parsed.ts';
import type { RejectionCode } from '../../src/protocol/receipt.ts';
import type { Source } from '../configuration/source.ts';
import type { Entry } from '../kinesis/unit.ts';
import { type Arena, createArena } from './arena.ts';
import { createContextWriter } from './context.ts';
import { redactErasure } from './erasure.ts';
import { createMoments } from './moment.ts';
import { createKeyChooser } from './partition.ts';
import type { Verdict } from './receipts.ts';
import { type BatchFacts, createRecordWriter } from './record.ts';
import type { Redact } from './redact.ts';
import { rulesOf } from './rules.ts';
import { parseContext, parseEvent, type ReadContext, type ReadEvent } from './validate.ts';

/** A record's own fields beside its event's line and its segment's context: ids and times, roughly. */
const RECORD_BYTES = 400;

export interface Prepared {
  /** Every event of the batch, in order. What follows names events by their place here. */
  readonly positions: readonly Position[];
  readonly entries: readonly Entry[];
  readonly rejections: ReadonlyMap<number, Verdict>;
  /** When the oldest of the entries happened, on the relay's clock; `undefined` without entries. */
  readonly oldestAt: number | undefined;
}

interface PreparedEvent {
  readonly entry: Entry;
  /** When it happened, on the relay's clock. */
  readonly at: number;
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
  let oldestAt: number | undefined;
  const arena = createArena(expectedBytes(segments));

  for (const segment of segments) {
    const context = parseContext(segment.context);
    const prepare = context.ok
      ? createPreparer(segment.lane, context.value, facts, source, random(), arena)
      : () => context;

    segment.lines.forEach((line, offset) => {
      const seq = segment.first + offset;
      const index = positions.push({ lane: segment.lane, seq }) - 1;
      const prepared = prepare(line, seq, index);
      if (prepared.ok) {
        const { entry, at } = prepared.value;
        entries.push(entry);
        oldestAt = Math.min(oldestAt ?? at, at);
      } else {
        const { code, reason } = prepared;
        rejections.set(index, { status: 'rejected', code, reason });
      }
    });
  }
  return { positions, entries, rejections, oldestAt };
}

function expectedBytes(segments: readonly WireSegment[]): number {
  return segments.reduce((sum, { context, lines }) => {
    const shared = lines.length * (context.length + RECORD_BYTES);
    return lines.reduce((bytes, line) => bytes + line.length, sum + shared);
  }, 0);
}

/** `index`: the event's place in the batch. */
type Preparer = (line: string, seq: number, index: number) => Parsed<PreparedEvent, RejectionCode>;

function createPreparer(
  lane: string,
  { value, fields }: ReadContext,
  facts: BatchFacts,
  source: Source,
  draw: number,
  arena: Arena,
): Preparer {
  const segment = { anonymousId: facts.client, ...value };
  const dailyId = value.anonymousId === undefined ? facts.client : undefined;
  const { check, redact, streamOf } = rulesOf(source);
  const contexts = createContextWriter(fields, facts, redact);
  const momentOf = createMoments(segment.clockOffset, facts);
  const write = createRecordWriter(lane, segment, facts, source.format);
  const keyOf = createKeyChooser(source, lane, segment, draw);
  const { maxRecordBytes, partition } = source;

  return (line, seq, index) => {
    const parsed = parseEvent(line, source.limits.eventBytes, dailyId);
    if (!parsed.ok) return parsed;
    // The plan is about what the page sent, and says nothing of its values.
    const { violations = [], isRefused } = check?.(parsed.value.event) ?? {};
    if (isRefused) {
      return refused('plan_violated', violations.join('; '));
    }
    // Before the key: that leaves the edge as well.
    const { event, json, context } = redact ? redactEvent(parsed.value, redact) : parsed.value;
    const partitionKey = keyOf(event, () => contexts.treeOf(context));
    const at = momentOf(event.timestamp);
    const text = write(
      { event, ...json, context: contexts.jsonOf(context), at, violations },
      seq,
      partition === 'auto' ? undefined : partitionKey,
    );
    const data = arena(text);
    // The edge's own fields can lift an event over what its stream takes; no UTF-16 unit makes more than three bytes.
    const bytes = data.length + Buffer.byteLength(partitionKey);
    if (bytes > maxRecordBytes) {
      const reason = `record: expected at most ${maxRecordBytes} bytes, got ${bytes}`;
      return refused('event_too_large', reason);
    }
    const entry = { index, partitionKey, data, stream: streamOf(event) };
    return { ok: true, value: { entry, at } };
  };
}

/** Its context is redacted where it is joined with the segment's. */
function redactEvent({ event, json, context }: ReadEvent, redact: Redact): ReadEvent {
  const { type, properties: given = {} } = event;
  const properties =
    json.properties &&
    (type === 'erase'
      ? redactErasure({ properties: given, json: json.properties }, redact)
      : redact(json.properties));
  const traits = json.traits && redact(json.traits);
  if (properties === json.properties && traits === json.traits) return { event, json, context };
  return {
    event: {
      ...event,
      ...(properties && { properties: JSON.parse(properties) }),
      ...(traits && { traits: JSON.parse(traits) }),
    },
    json: { properties, traits },
    context,
  };
}
