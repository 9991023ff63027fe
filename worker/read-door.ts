/**
 * The read door: four reading operations of Kinesis, for holders of a read token, with the relay's own credentials.
 * To a reader it is a Kinesis endpoint: the same requests, the same answers, the same errors.
 */

import {
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  type GetRecordsCommandInput,
  GetShardIteratorCommand,
  type GetShardIteratorCommandInput,
  type KinesisClient,
  ListShardsCommand,
} from '@aws-sdk/client-kinesis';
import { isObject } from '../src/protocol/parsed.ts';
import { REFUSAL_STATUS } from '../src/protocol/receipt.ts';
import { verifyToken } from '../src/protocol/token.ts';
import { answerJson, answerRefusal, Refusal } from './answer.ts';
import { readBody } from './body.ts';
import { describeError } from './kinesis/failure.ts';
import { fromWire, toWire, type Wire } from './kinesis/wire.ts';
import { openPlace, sealPlace } from './place.ts';
import type { Configuration } from './sources.ts';

const MAX_CALL_BYTES = 64 * 1024;
const CALL_TIMEOUT_MS = 10_000;

type Send = (kinesis: KinesisClient, input: object, abortSignal: AbortSignal) => Promise<object>;

interface Operation {
  readonly send: Send;
  /** The field that stands for the stream's name, where there is one. */
  readonly place?: 'ShardIterator' | 'NextToken';
}

const OPERATIONS: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  [
    'ListShards',
    {
      send: (kinesis, input, abortSignal) =>
        kinesis.send(new ListShardsCommand(input), { abortSignal }),
      place: 'NextToken',
    },
  ],
  [
    'DescribeStreamSummary',
    {
      send: (kinesis, input, abortSignal) =>
        kinesis.send(new DescribeStreamSummaryCommand(input), { abortSignal }),
    },
  ],
  [
    'GetShardIterator',
    {
      send: (kinesis, input, abortSignal) =>
        kinesis.send(new GetShardIteratorCommand(input as GetShardIteratorCommandInput), {
          abortSignal,
        }),
    },
  ],
  [
    'GetRecords',
    {
      send: (kinesis, input, abortSignal) =>
        kinesis.send(new GetRecordsCommand(input as GetRecordsCommandInput), { abortSignal }),
      place: 'ShardIterator',
    },
  ],
]);

/** Fields of answers that name a place. */
const GIVEN_PLACES = ['ShardIterator', 'NextShardIterator', 'NextToken'];

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
  const operation = OPERATIONS.get(target.replace(/^Kinesis_20131202\./, ''));
  if (!operation) {
    const expected = [...OPERATIONS.keys()].join(', ');
    throw new Refusal('operation_refused', `X-Amz-Target: expected one of ${expected}`);
  }
  const input = parseCall(await readBody(request, MAX_CALL_BYTES));
  const { stream, fields } = await confine(input, operation, secrets);
  if (!token.streams.includes(stream) || !streams.has(stream)) {
    throw new Refusal('stream_refused', 'stream: not one that this token may read');
  }
  try {
    const signal = AbortSignal.timeout(CALL_TIMEOUT_MS);
    const sent = await operation.send(kinesis, fromWire(fields), signal);
    const { $metadata, ...output } = toWire(sent) as Wire;
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
  { place: field }: Operation,
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
