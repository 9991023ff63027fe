/** From text to events: one line at a time, so that one bad event stays one bad event. */

import { type CapturedEvent, isEventType, type SegmentContext } from '../../src/protocol/event.ts';
import {
  MAX_CONTEXT_BYTES,
  MAX_EVENT_BYTES,
  MAX_EVENT_DEPTH,
  MAX_EVENT_KEYS,
  MAX_NAME_LENGTH,
} from '../../src/protocol/limits.ts';
import { accepted, isObject, type Parsed, refused } from '../../src/protocol/parsed.ts';
import type { RejectionCode } from '../../src/protocol/receipt.ts';
import { readErasure } from './erasure.ts';
import { isMoment } from './moment.ts';
import { mayNamePrototype, removePrototypes } from './prototypes.ts';
import { plainProperties, type Scanned, scanJson } from './scan.ts';

/** An event as it was captured, and the fields that go into its record as text. */
export interface ReadEvent {
  readonly event: CapturedEvent;
  /** Of `event.properties` and `event.traits`: as the client wrote them, where nothing had to be taken out. */
  readonly json: {
    readonly properties: string | undefined;
    readonly traits: string | undefined;
  };
  /** The fields of `event.context`, by their names as JSON writes them. */
  readonly context: JsonFields;
}

/** JSON by a name as JSON writes it, without its quotes. */
export type JsonFields = ReadonlyMap<string, string>;

export interface ReadContext {
  readonly value: SegmentContext;
  /** Everything beside the fields that are a record's own. */
  readonly fields: JsonFields;
}

/** Fields of a segment's context that are not part of a record's. */
const IDENTITY = ['anonymousId', 'userId', 'groupId'];

const NO_FIELDS: JsonFields = new Map();

/** `dailyId`: of a sender that keeps no id of its own, and so cannot say who it is, or was before it had a user. */
export function parseEvent(
  line: string,
  maxBytes: number = MAX_EVENT_BYTES,
  dailyId?: string,
): Parsed<ReadEvent, RejectionCode> {
  if (isLonger(line, maxBytes)) {
    return refused('event_too_large', `event: expected at most ${maxBytes} bytes`);
  }
  const read = readJson(line, true);
  if (!read) return refused('not_json', 'event: expected JSON');
  const { value, fields, levels, keys } = read;
  if (levels > MAX_EVENT_DEPTH) {
    return refused('too_deep', `event: expected at most ${MAX_EVENT_DEPTH} levels`);
  }
  if (keys > MAX_EVENT_KEYS) {
    return refused('too_many_keys', `event: expected at most ${MAX_EVENT_KEYS} keys`);
  }
  if (!isObject(value)) return refused('not_an_event', 'event: expected an object');
  const { type, timestamp, event, properties, traits, groupId, route, context } = value;
  const { previousId = type === 'alias' ? dailyId : undefined } = value;
  if (!isEventType(type)) return refused('not_an_event', 'type: expected a known one');
  if (!isMoment(timestamp)) {
    return refused('not_an_event', 'timestamp: expected milliseconds since 1970');
  }
  const named = type === 'track' || type === 'metric';
  if (named ? !isName(event) : event !== undefined && !isName(event)) {
    return refused('not_an_event', `event: expected a name of 1 to ${MAX_NAME_LENGTH} characters`);
  }
  if (groupId !== undefined && typeof groupId !== 'string') {
    return refused('not_an_event', 'groupId: expected text');
  }
  if (type === 'alias' ? !isText(previousId) : previousId !== undefined && !isText(previousId)) {
    return refused('not_an_event', 'previousId: expected who the user was before, as text');
  }
  if (route !== undefined && !isName(route)) {
    return refused('not_an_event', `route: expected a name of 1 to ${MAX_NAME_LENGTH} characters`);
  }
  for (const field of ['properties', 'traits', 'context'] as const) {
    if (value[field] !== undefined && !isObject(value[field])) {
      return refused('not_an_event', `${field}: expected an object`);
    }
  }
  const json = fields.get('properties');
  const erasure = type === 'erase' ? readErasure(properties, json, dailyId) : undefined;
  if (erasure && !erasure.ok) return erasure;
  const contextJson = fields.get('context');
  return accepted({
    // Named fields only, into an object of our own: whatever else the line holds goes nowhere.
    event: {
      ...{ type, timestamp, event, properties, traits, groupId, previousId, route, context },
      ...(erasure && { properties: erasure.value.properties }),
    } as CapturedEvent,
    json: { properties: erasure?.value.json ?? json, traits: fields.get('traits') },
    context: contextJson === undefined ? NO_FIELDS : fieldsOf(contextJson, context),
  });
}

export function parseContext(text: string): Parsed<ReadContext, 'context_invalid'> {
  if (isLonger(text, MAX_CONTEXT_BYTES)) {
    return refused('context_invalid', `context: expected at most ${MAX_CONTEXT_BYTES} bytes`);
  }
  const read = readJson(text);
  if (!read || !isObject(read.value)) {
    return refused('context_invalid', 'context: expected a JSON object');
  }
  const { value, fields, levels } = read;
  if (levels > MAX_EVENT_DEPTH) {
    return refused('context_invalid', `context: expected at most ${MAX_EVENT_DEPTH} levels`);
  }
  if (value.anonymousId !== undefined && !isText(value.anonymousId)) {
    return refused('context_invalid', 'context.anonymousId: expected the client id, or none');
  }
  for (const field of ['userId', 'groupId', 'sessionId']) {
    const id = value[field] ?? '';
    if (typeof id !== 'string') {
      return refused('context_invalid', `context.${field}: expected text`);
    }
  }
  if (!Number.isFinite(value.clockOffset ?? 0)) {
    return refused('context_invalid', 'context.clockOffset: expected milliseconds');
  }
  for (const field of IDENTITY) fields.delete(field);
  return accepted({ value: value as SegmentContext, fields });
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value.length >= 1 && value.length <= MAX_NAME_LENGTH;
}

/** Whether its UTF-8 is longer. A UTF-16 unit makes one to three bytes, so most texts need no counting. */
function isLonger(text: string, maxBytes: number): boolean {
  if (text.length * 3 <= maxBytes) return false;
  return text.length > maxBytes || Buffer.byteLength(text) > maxBytes;
}

interface ReadJson extends Pick<Scanned, 'levels' | 'keys'> {
  readonly value: unknown;
  readonly fields: Map<string, string>;
}

/**
 * Reads one text; `undefined` where it is no JSON. Nothing in what it gives can reach an object's prototype. Of an event,
 * `fields` has those that go into its record as text.
 */
function readJson(text: string, isEvent = false): ReadJson | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (isEvent && isObject(value) && !mayNamePrototype(text)) {
    const properties = plainProperties(text, value);
    if (properties) {
      const keys = Object.keys(value).length + Object.keys(Object(value.properties)).length;
      return { value, fields: new Map([['properties', properties]]), levels: 2, keys };
    }
  }
  const scanned = scanFields(text);
  const { levels, keys, isPlain } = scanned;
  // What is too deep is refused, and nobody walks through it before.
  if (levels > MAX_EVENT_DEPTH) return { value, fields: new Map(), levels, keys };
  const isChanged = mayNamePrototype(text) && removePrototypes(value);
  const { fields } = isPlain && !isChanged ? scanned : scanFields(JSON.stringify(value));
  return { value, fields, levels, keys };
}

/** The fields of an object, by names that are the same text where they are the same name. */
function fieldsOf(json: string, value: unknown): JsonFields {
  const { fields, isPlain } = scanFields(json);
  return isPlain ? fields : scanFields(JSON.stringify(value)).fields;
}

function scanFields(json: string): Scanned & { readonly fields: Map<string, string> } {
  const fields = new Map<string, string>();
  return { ...scanJson(json, (name, value) => fields.set(name, value)), fields };
}
