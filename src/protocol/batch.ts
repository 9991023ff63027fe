/**
 * A batch on the wire: one ASCII line that says who sends and vouches for the rest, then segments as text, gzipped or not.
 *
 *     rivulet1 <token> <sentAt> <signature>
 *     {"sdk":"rivulet/1.0.0"}
 *     @<lane> <first> {"anonymousId":…}
 *     {"type":"track",…}
 *     {"type":"track",…}
 *     @<lane> <first> {…}
 */

import { joinBytes } from './bytes.ts';
import { isLane } from './event.ts';
import { accepted, isObject, type Parsed, refused } from './parsed.ts';

const VERSION = 'rivulet1';
const NEWLINE = 10;

/** The first line may hold a token and a signature, and nothing of any length beside them. */
const MAX_HEAD_BYTES = 4096;

/** Facts about the sender; nothing about the events. */
export interface SenderFacts {
  readonly sdk: string;
  /** Milliseconds to add to the client's clock to get the relay's. */
  readonly clockOffset?: number;
  /** By lane: the sequence number of the last record stored of it. For sources with strict order. */
  readonly after?: Readonly<Record<string, string>> | undefined;
}

export interface BatchHead {
  readonly token: string;
  /** The moment of sending, by the relay's clock as the client knows it. */
  readonly sentAt: number;
  /** base64url, or `-` for an unsigned batch. */
  readonly signature: string;
}

/** A segment as it came: its event lines are not read yet, so that one bad event stays one bad event. */
export interface WireSegment {
  readonly lane: string;
  readonly first: number;
  /** The context's JSON, unread. */
  readonly context: string;
  readonly lines: readonly string[];
}

export interface BatchPayload {
  readonly sender: SenderFacts;
  readonly segments: readonly WireSegment[];
}

export function encodeHead({ token, sentAt, signature }: BatchHead): string {
  return `${VERSION} ${token} ${sentAt} ${signature}\n`;
}

/** The line that opens a segment in the payload. */
export function encodeSegmentHead(lane: string, first: number, context: string): string {
  return `@${lane} ${first} ${context}\n`;
}

/** What the signature covers: the moment of sending, and the payload's bytes as they travel. */
export function signedBytes(
  sentAt: number,
  payload: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  return joinBytes(`${sentAt}\n`, payload);
}

/** Splits a body into its head and the payload's bytes, which are not copied. */
export function parseHead(
  body: Uint8Array<ArrayBuffer>,
): Parsed<{ head: BatchHead; payload: Uint8Array<ArrayBuffer> }, 'malformed'> {
  const end = body.subarray(0, MAX_HEAD_BYTES).indexOf(NEWLINE);
  if (end < 0) return refused('malformed', 'first line: expected one, got none');
  const [version, token = '', sentAt = '', signature = '', ...rest] = new TextDecoder()
    .decode(body.subarray(0, end))
    .split(' ');
  if (version !== VERSION) {
    return refused('malformed', `first line: expected it to begin with "${VERSION}"`);
  }
  if (!token || !/^\d{1,16}$/.test(sentAt) || !signature || rest.length > 0) {
    return refused('malformed', 'first line: expected "rivulet1 <token> <sentAt> <signature>"');
  }
  return accepted({
    head: { token, sentAt: Number(sentAt), signature },
    payload: body.subarray(end + 1),
  });
}

/** Whether a payload is gzip: by its magic bytes, so that no header has to say it and force a preflight. */
export function isGzip(payload: Uint8Array): boolean {
  return payload[0] === 0x1f && payload[1] === 0x8b;
}

/** Reads the payload's text into segments. Fails only where events can no longer be told apart. */
export function parsePayload(text: string): Parsed<BatchPayload, 'malformed'> {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const sender = parseJson(lines[0] ?? '');
  if (!isObject(sender) || typeof sender.sdk !== 'string') {
    return refused('malformed', 'second line: expected {"sdk":…}');
  }
  const segments: (WireSegment & { lines: string[] })[] = [];
  for (let index = 1; index < lines.length; index++) {
    const line = lines[index] as string;
    if (!line.startsWith('@')) {
      const open = segments.at(-1);
      if (!open) return refused('malformed', 'third line: expected "@<lane> <first> <context>"');
      open.lines.push(line);
      continue;
    }
    const segment = parseSegmentHead(line);
    if (!segment) {
      return refused('malformed', `line ${index + 2}: expected "@<lane> <first> <context>"`);
    }
    segments.push(segment);
  }
  const { sdk, clockOffset, after } = sender;
  return accepted({
    sender: {
      sdk,
      ...(Number.isFinite(clockOffset) ? { clockOffset: clockOffset as number } : {}),
      ...(isObject(after) ? { after: pickSequences(after) } : {}),
    },
    segments,
  });
}

/** What is no lane or no sequence number is left out: it would only have kept an order. */
function pickSequences(after: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(after).filter(
      (entry): entry is [string, string] => isLane(entry[0]) && isSequence(entry[1]),
    ),
  );
}

/** docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html#Streams-PutRecord-request-SequenceNumberForOrdering */
function isSequence(value: unknown): value is string {
  return typeof value === 'string' && /^(0|[1-9]\d{0,128})$/.test(value);
}

function parseSegmentHead(line: string): (WireSegment & { lines: string[] }) | undefined {
  const [, lane, first, context = ''] = /^@(\S+) (\d{1,15}) (.*)$/.exec(line) ?? [];
  if (!isLane(lane) || Number(first) < 1) return undefined;
  return { lane, first: Number(first), context, lines: [] };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON is one way of not being what was expected; the caller says so.
    return undefined;
  }
}
