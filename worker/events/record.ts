/** From an event as it was read to the record on the stream, as text. */

import {
  type CapturedEvent,
  messageIdOf,
  type Position,
  type SegmentContext,
} from '../../src/protocol/event.ts';
import type { Source } from '../configuration/source.ts';
import { createCloudEventWriter } from './cloud-event.ts';
import type { SenderContext } from './enrich.ts';
import { type ClockFacts, createIsoWriter } from './moment.ts';

/** What holds for every event of a batch. */
export interface BatchFacts extends SenderContext, ClockFacts {
  /** The client id of the session. */
  readonly client: string;
  readonly source: string;
  /** ISO 8601. */
  readonly sentAt: string;
  readonly receivedAt: string;
}

/** A segment's context, which names the client, or else its session does. */
export type IdentifiedContext = SegmentContext & { readonly anonymousId: string };

/** An event, and what its record says of it that is text already. */
export interface WritableEvent {
  readonly event: CapturedEvent;
  /** JSON. */
  readonly properties: string | undefined;
  readonly traits: string | undefined;
  readonly context: string;
  /** When it happened, on the relay's clock. */
  readonly at: number;
  /** Where it is not as the tracking plan has it. */
  readonly violations: readonly string[];
}

/** JSON of a record: a `StreamRecord`, or a CloudEvent that holds one. `partitionKey`: undefined where it has none. */
export type RecordWriter = (
  event: WritableEvent,
  seq: number,
  partitionKey: string | undefined,
) => string;

/** Writes the records of one segment. */
export function createRecordWriter(
  lane: Position['lane'],
  { anonymousId, userId, groupId: ofSegment }: IdentifiedContext,
  facts: BatchFacts,
  format: Source['format'],
): RecordWriter {
  // What all records of the segment share is one text between the fields that differ: the fewer parts, the less to join.
  const idHead = `,"messageId":"${lane}.`;
  const identity = `","anonymousId":${JSON.stringify(anonymousId)},"userId":${JSON.stringify(userId ?? null)}`;
  const tail =
    `","sentAt":"${facts.sentAt}","receivedAt":"${facts.receivedAt}",` +
    `"rivulet":{"lane":"${lane}","seq":`;
  const sourceTail = `,"source":${JSON.stringify(facts.source)}`;
  const captureTime = createIsoWriter();
  const relayTime = createIsoWriter();
  const wrap =
    format === 'cloudevents' ? createCloudEventWriter(facts.source, anonymousId) : undefined;

  return ({ event, properties, traits, context, at, violations }, seq, partitionKey) => {
    const { type, timestamp } = event;
    const own =
      optional('groupId', event.groupId ?? ofSegment) +
      optional('previousId', event.previousId) +
      optional('event', event.event) +
      (properties === undefined ? '' : `,"properties":${properties}`) +
      (traits === undefined ? '' : `,"traits":${traits}`);
    const time = relayTime(at);
    const observed = violations.length > 0 ? optional('violations', violations) : '';
    const record =
      `{"type":"${type}"${idHead}${seq}${identity}${own},"context":${context},` +
      `"originalTimestamp":"${captureTime(timestamp)}","timestamp":"${time}${tail}${seq}${sourceTail}${observed}}}`;
    return wrap
      ? wrap({ messageId: messageIdOf({ lane, seq }), type, time, partitionKey }, record)
      : record;
  };
}

function optional(field: string, value: unknown): string {
  return value === undefined ? '' : `,"${field}":${JSON.stringify(value)}`;
}
