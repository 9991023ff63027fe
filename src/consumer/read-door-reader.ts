/** The relay's read door by `fetch` alone, for pages that have no AWS SDK. */

import {
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListShardsCommand,
} from '@aws-sdk/client-kinesis';
import { isObject } from '../protocol/parsed.ts';
import { platformRuntime } from '../runtime.ts';
import type { KinesisReader } from './options.ts';
import type { ReadDoorOptions } from './read-door-client.ts';

/** By class: the names of classes do not survive a minifier. */
const OPERATIONS = [
  [GetRecordsCommand, 'GetRecords'],
  [GetShardIteratorCommand, 'GetShardIterator'],
  [ListShardsCommand, 'ListShards'],
  [DescribeStreamSummaryCommand, 'DescribeStreamSummary'],
] as const;

type Wire = Record<string, unknown>;

/** Reads as the client of `createReadDoorClient` does: the same requests, answers and errors. Knows what the relay lets through. */
export function createReadDoorReader(options: Omit<ReadDoorOptions, 'region'>): KinesisReader {
  const { endpoint, token, runtime = platformRuntime() } = options;
  const url = `${endpoint.replace(/\/+$/, '')}/v1/kinesis`;

  async function send(
    command: { readonly input: Wire },
    { abortSignal }: { readonly abortSignal?: AbortSignal } = {},
  ): Promise<Wire> {
    const [, operation] = OPERATIONS.find(([kind]) => command instanceof kind) ?? [];
    if (!operation) throw new TypeError('command: expected one that reads, got another');
    const { Timestamp: at, ...input } = command.input;
    const response = await runtime.fetch(url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `Kinesis_20131202.${operation}`,
      },
      body: JSON.stringify({ ...input, ...(at instanceof Date && { Timestamp: +at / 1000 }) }),
      signal: abortSignal ?? null,
    });
    const answer = parse(await response.text());
    if (!response.ok || !answer) throw errorOf(response, answer);
    if (Array.isArray(answer.Records)) for (const record of answer.Records) revive(record);
    return answer;
  }
  // One function for the many signatures of the SDK's.
  return { send: send as unknown as KinesisReader['send'] };
}

function parse(text: string): Wire | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    if (isObject(answer)) return answer;
  } catch {
    // A captive portal's page, or nothing at all: the caller says so.
  }
  return undefined;
}

/** A record as the SDK gives it: JSON has neither bytes nor dates. */
function revive(record: Wire): void {
  record.Data = decodeBase64(String(record.Data ?? ''));
  const at = record.ApproximateArrivalTimestamp;
  record.ApproximateArrivalTimestamp = at == null ? undefined : new Date(Number(at) * 1000);
}

function decodeBase64(text: string): Uint8Array {
  // Ten times as fast with a record of 10 MiB, where the platform has it.
  const { fromBase64 } = Uint8Array as { readonly fromBase64?: (text: string) => Uint8Array };
  if (fromBase64) return fromBase64.call(Uint8Array, text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index);
  return bytes;
}

function errorOf({ status, headers }: Response, answer: Wire | undefined): Error {
  const { __type, code, message, reason } = answer ?? {};
  const type = headers.get('x-amzn-errortype') ?? __type ?? code ?? 'UnknownError';
  const said = message ?? reason ?? `answer: expected JSON of the relay, got status ${status}`;
  return Object.assign(new Error(String(said)), {
    // `namespace#Name:address`, of which some services send all.
    name: String(type).replace(/^.*#|:.*$/g, ''),
    $metadata: { httpStatusCode: status },
    ...(reason !== undefined && { reason: String(reason) }),
  });
}
