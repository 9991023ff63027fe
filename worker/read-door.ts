/**
 * The read door: four reading operations of Kinesis, for holders of a read token, with the relay's own credentials.
 * To a reader it is a Kinesis endpoint: the same requests, the same answers, the same errors.
 */

import {
  DescribeStreamSummaryCommand,
  type DescribeStreamSummaryCommandInput,
  GetRecordsCommand,
  type GetRecordsCommandInput,
  GetShardIteratorCommand,
  type GetShardIteratorCommandInput,
  type KinesisClient,
  ListShardsCommand,
  type ListShardsCommandInput,
} from '@aws-sdk/client-kinesis';
import { isObject } from '../src/protocol/parsed.ts';
import { REFUSAL_STATUS } from '../src/protocol/receipt.ts';
import { verifyToken } from '../src/protocol/token.ts';
import { answerJson, answerRefusal, Refusal } from './answer.ts';
import { readBody } from './body.ts';
import { describeError } from './kinesis/failure.ts';
import { fromWire, toWire, type Wire } from './kinesis/wire.ts';
import { openPlace, type Place, sealPlace } from './place.ts';
import type { Configuration } from './sources.ts';

const MAX_CALL_BYTES = 64 * 1024;
const CALL_TIMEOUT_MS = 10_000;

type Call = (kinesis: KinesisClient, input: object, abortSignal: AbortSignal) => Promise<object>;

const OPERATIONS: ReadonlyMap<string, Call> = new Map<string, Call>([
  [
    'ListShards',
    (kinesis, input, abortSignal) =>
      kinesis.send(new ListShardsCommand(input as ListShardsCommandInput), { abortSignal }),
  ],
  [
    'DescribeStreamSummary',
    (kinesis, input, abortSignal) =>
      kinesis.send(new DescribeStreamSummaryCommand(input as DescribeStreamSummaryCommandInput), {
        abortSignal,
      }),
  ],
  [
    'GetShardIterator',
    (kinesis, input, abortSignal) =>
      kinesis.send(new GetShardIteratorCommand(input as GetShardIteratorCommandInput), {
        abortSignal,
      }),
  ],
  [
    'GetRecords',
    (kinesis, input, abortSignal) =>
      kinesis.send(new GetRecordsCommand(input as GetRecordsCommandInput), { abortSignal }),
  ],
]);

/** Fields that name a place, of requests and of answers. */
const PLACES = ['ShardIterator', 'NextShardIterator', 'NextToken'];

export async function readStream(
  request: Request,
  { secrets, streams }: Configuration,
  kinesis: KinesisClient,
  now: number,
): Promise<Response> {
  const [, bearer = ''] = /^Bearer (\S+)$/i.exec(request.headers.get('authorization') ?? '') ?? [];
  const verified = await verifyToken(crypto.subtle, secrets, bearer, 'read', now);
  if (!verified.ok) throw new Refusal(verified.code, verified.reason);
  const { token, secret } = verified.value;
  const target = request.headers.get('x-amz-target') ?? '';
  const call = OPERATIONS.get(target.replace(/^Kinesis_20131202\./, ''));
  if (!call) {
    const expected = [...OPERATIONS.keys()].join(', ');
    throw new Refusal('operation_refused', `X-Amz-Target: expected one of ${expected}`);
  }
  const input = parseCall(await readBody(request, MAX_CALL_BYTES));
  const { stream, fields } = await confine(input, secrets);
  if (!token.streams.includes(stream) || !streams.has(stream)) {
    throw new Refusal('stream_refused', 'stream: not one that this token may read');
  }
  try {
    const signal = AbortSignal.timeout(CALL_TIMEOUT_MS);
    const { $metadata, ...output } = toWire(await call(kinesis, fromWire(fields), signal)) as Wire;
    for (const field of PLACES) {
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

/** The call with the stream it is about, named by the relay and no longer by the reader. */
async function confine(
  { StreamARN, StreamName, ...rest }: Wire,
  secrets: readonly string[],
): Promise<{ stream: string; fields: Wire }> {
  for (const field of PLACES) {
    const sealed = rest[field];
    if (sealed === undefined || sealed === null) continue;
    const place: Place | undefined = await openPlace(secrets, String(sealed));
    if (!place) throw new Refusal('stream_refused', `${field}: expected one given by this relay`);
    return { stream: place.stream, fields: { ...rest, [field]: place.text } };
  }
  const [, named] =
    /^arn:[\w-]+:kinesis:[\w-]*:\d*:stream\/([\w.-]+)$/.exec(String(StreamARN)) ?? [];
  const stream = typeof StreamName === 'string' ? StreamName : named;
  if (!stream) throw new Refusal('stream_refused', 'stream: expected a StreamName or StreamARN');
  return { stream, fields: { ...rest, StreamName: stream } };
}

/** The service's own error goes on as it came; where none came, the relay says so. */
function answerFailure(error: unknown): Response {
  const { name, message, status } = describeError(error);
  if (status !== undefined && status >= 400) return answerJson(status, { __type: name, message });
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
