/** From text to events: one line at a time, so that one bad event stays one bad event. */

import { type CapturedEvent, isEventType, type SegmentContext } from '../../src/protocol/event.ts';
import {
  MAX_CONTEXT_BYTES,
  MAX_EVENT_BYTES,
  MAX_EVENT_DEPTH,
  MAX_NAME_LENGTH,
} from '../../src/protocol/limits.ts';
import { accepted, isObject, type Parsed, refused } from '../../src/protocol/parsed.ts';
import type { RejectionCode } from '../../src/protocol/receipt.ts';

/** The last moment of the year 9999: ISO 8601 has four digits for a year. */
const LAST_MOMENT = 253_402_300_799_999;

export function parseEvent(line: string): Parsed<CapturedEvent, RejectionCode> {
  if (isLonger(line, MAX_EVENT_BYTES)) {
    return refused('event_too_large', `event: expected at most ${MAX_EVENT_BYTES} bytes`);
  }
  const value = parseJson(line);
  if (value === undefined) return refused('not_json', 'event: expected JSON');
  if (isDeeper(value, MAX_EVENT_DEPTH)) {
    return refused('too_deep', `event: expected at most ${MAX_EVENT_DEPTH} levels`);
  }
  if (!isObject(value)) return refused('not_an_event', 'event: expected an object');
  const { type, timestamp, event, properties, traits, groupId, context } = value;
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
  for (const field of ['properties', 'traits', 'context'] as const) {
    if (value[field] !== undefined && !isObject(value[field])) {
      return refused('not_an_event', `${field}: expected an object`);
    }
  }
  // Named fields only, into an object of our own: whatever else the line holds goes nowhere.
  return accepted({
    type,
    timestamp,
    event,
    properties,
    traits,
    groupId,
    context,
  } as CapturedEvent);
}

export function parseContext(text: string): Parsed<SegmentContext, 'context_invalid'> {
  if (isLonger(text, MAX_CONTEXT_BYTES)) {
    return refused('context_invalid', `context: expected at most ${MAX_CONTEXT_BYTES} bytes`);
  }
  const value = parseJson(text);
  if (!isObject(value)) return refused('context_invalid', 'context: expected a JSON object');
  if (isDeeper(value, MAX_EVENT_DEPTH)) {
    return refused('context_invalid', `context: expected at most ${MAX_EVENT_DEPTH} levels`);
  }
  if (typeof value.anonymousId !== 'string' || value.anonymousId === '') {
    return refused('context_invalid', 'context.anonymousId: expected the client id');
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
  return accepted(value as SegmentContext);
}

/** A moment that ISO 8601 can write. */
export function isMoment(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= LAST_MOMENT;
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value.length >= 1 && value.length <= MAX_NAME_LENGTH;
}

/** Whether its UTF-8 is longer. A UTF-16 unit makes one to three bytes, so most texts need no counting. */
function isLonger(text: string, maxBytes: number): boolean {
  if (text.length * 3 <= maxBytes) return false;
  return text.length > maxBytes || Buffer.byteLength(text) > maxBytes;
}

/** Stops at the level asked for, so a tree of a hundred thousand levels costs no more than one of thirty-three. */
function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  const children = Array.isArray(value) ? value : Object.values(value);
  return children.some((child) => isDeeper(child, levels - 1));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The one thing JSON cannot spell is `undefined`.
    return undefined;
  }
}
