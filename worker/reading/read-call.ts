/** What a reader asks for: its token, an operation, and a stream that both it and the relay allow. */

import { createHash } from 'node:crypto';
import { isObject } from '../../src/protocol/parsed.ts';
import { verifyToken } from '../../src/protocol/token.ts';
import type { Admission } from '../admission/admission.ts';
import { refuseRevoked } from '../admission/revocation.ts';
import { Refusal } from '../http/answer.ts';
import { readBody } from '../http/body.ts';
import { openPlace, type Place } from './place.ts';

const MAX_CALL_BYTES = 64 * 1024;

export type ReadOperation =
  | 'ListShards'
  | 'DescribeStreamSummary'
  | 'GetShardIterator'
  | 'GetRecords';

type Wire = Readonly<Record<string, unknown>>;
type PlaceField = 'ShardIterator' | 'NextToken';

/** What the door lets through, and the field of each that may stand for the stream's name. */
const OPERATIONS: ReadonlyMap<string, PlaceField | undefined> = new Map<
  ReadOperation,
  PlaceField | undefined
>([
  ['ListShards', 'NextToken'],
  ['DescribeStreamSummary', undefined],
  ['GetShardIterator', undefined],
  ['GetRecords', 'ShardIterator'],
]);

/** Who reads. */
export interface Reader {
  /** Of the token: its id, or what only it has. */
  readonly id: string;
  readonly streams: readonly string[];
  /** The one that signed the token. */
  readonly secret: string;
}

export interface ReadCall {
  readonly operation: ReadOperation;
  readonly stream: string;
  /** The reader's, without any that names a stream. */
  readonly fields: Wire;
  /** In place of a name, where the reader goes on. */
  readonly place: Place | undefined;
}

export async function admitReader(
  request: Request,
  { secrets, revocations, checkAccess }: Admission,
  now: number,
): Promise<Reader> {
  const [, bearer = ''] = /^Bearer (\S+)$/i.exec(request.headers.get('authorization') ?? '') ?? [];
  const verified = await verifyToken(crypto.subtle, secrets, bearer, 'read', now);
  if (!verified.ok) throw new Refusal(verified.code, verified.reason);
  const { token, secret } = verified.value;
  await refuseRevoked(revocations, token);
  await checkAccess(request);
  const id = token.id ?? createHash('sha256').update(bearer).digest('base64url');
  return { id, streams: token.streams, secret };
}

export async function parseReadCall(
  request: Request,
  secrets: readonly string[],
): Promise<ReadCall> {
  const target = request.headers.get('x-amz-target') ?? '';
  const operation = target.replace(/^Kinesis_20131202\./, '');
  if (!OPERATIONS.has(operation)) {
    const expected = [...OPERATIONS.keys()].join(', ');
    throw new Refusal('operation_refused', `X-Amz-Target: expected one of ${expected}`);
  }
  const input = parseInput(await readBody(request, MAX_CALL_BYTES));
  const { StreamName, StreamARN, StreamId, ShardIterator, NextToken, ...fields } = input;
  const call = { operation: operation as ReadOperation, fields };
  const field = OPERATIONS.get(operation);
  const sealed = field && { ShardIterator, NextToken }[field];
  if (field && typeof sealed === 'string') {
    const place = await openPlace(secrets, sealed);
    if (!place || (place.shard === '') !== (field === 'NextToken')) {
      throw new Refusal('stream_refused', `${field}: expected one given by this relay`);
    }
    return { ...call, stream: place.stream, place };
  }
  const [, named] =
    /^arn:[\w-]+:kinesis:[\w-]*:\d*:stream\/([\w.-]+)$/.exec(String(StreamARN)) ?? [];
  const stream = typeof StreamName === 'string' ? StreamName : named;
  if (!stream || field === 'ShardIterator') {
    throw new Refusal('stream_refused', `stream: expected a ${field ?? 'StreamName'}`);
  }
  return { ...call, stream, place: undefined };
}

function parseInput(body: Uint8Array): Wire {
  try {
    const input: unknown = JSON.parse(new TextDecoder().decode(body));
    if (isObject(input)) return input;
  } catch {
    // Falls through to the refusal of everything that is not an object.
  }
  throw new Refusal('malformed', 'body: expected a JSON object');
}
