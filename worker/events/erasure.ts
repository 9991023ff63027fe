/** What is special about an `erase` event: its subject has to be named, and to be found again. */

import { parseErase } from '../../src/protocol/erase.ts';
import type { CapturedEvent, ErasureSubject } from '../../src/protocol/event.ts';
import { accepted, isObject, type Parsed } from '../../src/protocol/parsed.ts';
import type { Redact } from './redact.ts';

export interface ReadErasure {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly json: string;
}

/**
 * `json`: of the properties, as the client wrote it. `dailyId`: of a sender that keeps no id of its own, and so leaves its
 * subject empty where it means itself.
 */
export function readErasure(
  properties: unknown,
  json: string | undefined,
  dailyId: string | undefined,
): Parsed<ReadErasure, 'not_an_event'> {
  const given = isObject(properties) ? properties : {};
  const isItself = isObject(given.subject) && Object.keys(given.subject).length === 0;
  const named =
    isItself && dailyId !== undefined ? { ...given, subject: { anonymousId: dailyId } } : given;
  const asked = parseErase(named);
  if (!asked.ok) return asked;
  return accepted({
    properties: named,
    json: named === given && json !== undefined ? json : JSON.stringify(named),
  });
}

/** An id is there to be found again: a name that is an e-mail address stays one. */
export function redactErasure({ properties, json }: ReadErasure, redact: Redact): string {
  const redacted = redact(json);
  if (redacted === json) return json;
  return JSON.stringify({ ...JSON.parse(redacted), subject: properties.subject });
}

/** Whose data it is about, which may be another than the sender. */
export function subjectOf({ type, properties }: CapturedEvent): ErasureSubject {
  const subject = type === 'erase' ? properties?.subject : undefined;
  return isObject(subject) ? subject : {};
}
