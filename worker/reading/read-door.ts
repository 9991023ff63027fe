/**
 * The read door: four reading operations of Kinesis, for holders of a read token, with the relay's own credentials.
 * To a reader it is a Kinesis endpoint: the same requests, the same answers, the same errors.
 */

import { isObject } from '../../src/protocol/parsed.ts';
import { REFUSAL_STATUS } from '../../src/protocol/receipt.ts';
import { verifyToken } from '../../src/protocol/token.ts';
import type { Settings } from '../configuration/settings.ts';
import { answerJson, answerRefusal, Refusal } from '../http/answer.ts';
import { readBody } from '../http/body.ts';
import { type KinesisCall, KinesisError, type Operation } from '../kinesis/call.ts';
import { openPlace, sealPlace } from './place.ts';

const MAX_CALL_BYTES = 64 * 1024;
const CALL_TIMEOUT_MS = 10_000;

type Wire = Record<string, unknown>;
type PlaceField = 'ShardIterator' | 'NextToken';

/** What the door lets through, and the field of each that may stand for the stream's name. */
const OPERATIONS: ReadonlyMap<string, PlaceField | undefined> = new Map([
  ['ListShards', 'NextToken'],
  ['DescribeStreamSummary', undefined],
  ['GetShardIterator', undefined],
  ['GetRecords', 'ShardIterator'],
]);

/** Fields of answers that name a place. */
const GIVEN_PLACES = ['ShardIterator', 'NextShardIterator', 'NextToken'];

export async function readStream(
  request: Request,
  { secrets, readStreams }: Settings,
  kinesis: KinesisCall,
  now: number,
): Promise<Response> {
  const [, bearer = ''] = /^Bearer (\S+)$/i.exec(request.headers.get('authorization') ?? '') ?? [];
  const verified = await verifyToken(crypto.subtle, secrets, bearer, 'read', now);
  if (!verified.ok) throw new Refusal(verified.code, verified.reason);
  const { token, secret } = verified.value;
  const target = request.headers.get('x-amz-target') ?? '';
  const operation = target.replace(/^Kinesis_20131202\./, '');
  if (!OPERATIONS.has(operation)) {
    const expected = [...OPERATIONS.keys()].join(', ');
    throw new Refusal('operation_refused', `X-Amz-Target: expected one of ${expected}`);
  }
  const input = parseCall(await readBody(request, MAX_CALL_BYTES));
  const { stream, fields } = await confine(input, OPERATIONS.get(operation), secrets);
  if (!token.streams.includes(stream) || !readStreams.has(stream)) {
    throw new Refusal('stream_refused', 'stream: not one that this token may read');
  }
  try {
    const timeoutMs = CALL_TIMEOUT_MS;
    const text = await kinesis(operation as Operation, JSON.stringify(fields), { timeoutMs });
    const output: Wire = JSON.parse(text);
    for (const field of GIVEN_PLACES) {
      const text = output[field];
      if (typeof text === 'string') output[field] = await sealPlace(secret, { stream, text });
    }
    return answerJson(200, output);
  } catch (error) {
    return answerFailure(error);
  }
}

/** A refusal as the AWS SDK reads it, so that a reader's error has a name. */
export function answerReadRefusal(refusal: Refusal): Response {
  const status = REFUSAL_STATUS[refusal.code];
  const internal = status >= 500 ? 'InternalFailureException' : 'InvalidArgumentException';
  const __type = status === 401 || status === 403 ? 'AccessDeniedException' : internal;
  return answerRefusal(refusal, { __type, message: refusal.message });
}

/** The call with its stream named by the relay, and by nothing else of what the reader wrote. */
async function confine(
  { StreamName, StreamARN, StreamId, ShardIterator, NextToken, ...rest }: Wire,
  field: PlaceField | undefined,
  secrets: readonly string[],
): Promise<{ stream: string; fields: Wire }> {
  const sealed = field && { ShardIterator, NextToken }[field];
  if (field && typeof sealed === 'string') {
    const place = await openPlace(secrets, sealed);
    if (!place) throw new Refusal('stream_refused', `${field}: expected one given by this relay`);
    return { stream: place.stream, fields: { ...rest, [field]: place.text } };
  }
  const [, named] =
    /^arn:[\w-]+:kinesis:[\w-]*:\d*:stream\/([\w.-]+)$/.exec(String(StreamARN)) ?? [];
  const stream = typeof StreamName === 'string' ? StreamName : named;
  if (!stream || field === 'ShardIterator') {
    throw new Refusal('stream_refused', `stream: expected a ${field ?? 'StreamName'}`);
  }
  return { stream, fields: { ...rest, StreamName: stream } };
}

/** The service's own error goes on as it came; where none came, the relay says so. */
function answerFailure(error: unknown): Response {
  if (error instanceof KinesisError) {
    return answerJson(error.status, { __type: error.name, message: error.message });
  }
  const reason = 'stream: no answer from Kinesis';
  return answerReadRefusal(new Refusal('stream_unavailable', reason, { after: 1000 }));
}

function parseCall(body: Uint8Array): Wire {
  try {
    const input: unknown = JSON.parse(new TextDecoder().decode(body));
    if (isObject(input)) return input;
  } catch {
    // Falls through to the refusal of everything that is not an object.
  }
  throw new Refusal('malformed', 'body: expected a JSON object');
}
