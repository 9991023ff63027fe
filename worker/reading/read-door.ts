/**
 * The read door: four reading operations of Kinesis, for holders of a read token, with the relay's own credentials.
 * To a reader it is a Kinesis endpoint: the same requests, the same answers, the same errors.
 */

import { REFUSAL_STATUS } from '../../src/protocol/receipt.ts';
import type { Admission } from '../admission/admission.ts';
import { regionsOf, type Settings } from '../configuration/settings.ts';
import { answerBytes, answerJson, answerRefusal, Refusal } from '../http/answer.ts';
import { drawWaitMs } from '../http/wait.ts';
import { type KinesisCall, KinesisError } from '../kinesis/call.ts';
import type { RelayRuntime } from '../runtime.ts';
import { createPace, type Pace } from './pace.ts';
import { type Page, parseAnswer, writePage } from './page.ts';
import { sealPlace } from './place.ts';
import { admitReader, parseReadCall, type ReadCall, type Reader } from './read-call.ts';
import { CALL_TIMEOUT_MS, createShardReads, isThrottle, throttle } from './shard-reads.ts';
import { createSharedPages } from './shared-pages.ts';

/** Answers a request, or rejects with a `Refusal`. */
export type ReadDoor = (request: Request) => Promise<Response>;

/** Of the twenty a second that an account has for all its streams. */
const DESCRIBE_PACE = { intervalMs: 250, burst: 4 };

/** Somebody has to change a setting first. */
const MISCONFIGURED_AFTER_MS = 60_000;

/** What is wrong with the relay's own credentials, and names them: a reader can do nothing about it. */
const RELAYS_FAULT =
  /AccessDenied|UnrecognizedClient|Signature|AuthenticationToken|ClientTokenId|ExpiredToken|OptInRequired|^KMS(?!Throttling)/;

/** Of one token: enough for many viewers of some shards, and no loop that has lost its pauses. */
const CALL_PACE = { intervalMs: 10, burst: 300 };

export function createReadDoor(
  settings: Settings,
  admission: Admission,
  kinesis: KinesisCall,
  runtime: RelayRuntime,
): ReadDoor {
  const { now, random } = runtime;
  const { secrets, limits } = admission;
  const calls = createPace(CALL_PACE, now);
  const describes = createPace(DESCRIBE_PACE, now);
  const regions = regionsOf(settings);
  const [secret = ''] = secrets;
  const shards = createShardReads(kinesis, createSharedPages(runtime, secret), runtime);

  function takeTurn(pace: Pace, key: string, of: string): void {
    if (pace.waitMs(key) > 0) throw throttle(`Rate exceeded for ${of}`);
    pace.take(key, now());
  }

  /** A page or an iterator in the reader's own words. */
  async function answerPage(
    page: Page,
    { stream, place }: ReadCall,
    shard: string,
    { secret: own }: Reader,
  ): Promise<Response> {
    const iterator = page.next && (await sealPlace(own, { stream, shard, ...page.next }));
    if (!place) return answerJson(200, { ShardIterator: iterator });
    return answerBytes(200, writePage(page, iterator, now()));
  }

  async function answer(call: ReadCall, reader: Reader): Promise<Response> {
    const { operation, stream, fields, place } = call;
    const region = regions.get(stream);
    if (place && operation === 'GetRecords') {
      const page = await shards.read(place, fields.Limit, reader.id, region);
      return answerPage(page, call, place.shard, reader);
    }
    if (operation === 'GetShardIterator') {
      const page = await shards.open({ ...fields, StreamName: stream }, region);
      return answerPage(page, call, String(fields.ShardId), reader);
    }
    if (operation === 'DescribeStreamSummary') takeTurn(describes, stream, `stream ${stream}`);
    // A page's token stands for the stream, which may not be named beside it.
    const from = place ? { NextToken: place.text } : { StreamName: stream };
    const body = JSON.stringify({ ...fields, ...from });
    const timeoutMs = CALL_TIMEOUT_MS;
    const output = parseAnswer(await kinesis(operation, body, { region, timeoutMs }));
    if (typeof output.NextToken === 'string') {
      const next = { stream, shard: '', position: '', text: output.NextToken };
      output.NextToken = await sealPlace(reader.secret, next);
    }
    return answerJson(200, output);
  }

  return async (request) => {
    const reader = await admitReader(request, admission, now());
    await limits.admit('read', reader.id);
    const call = await parseReadCall(request, secrets);
    if (!reader.streams.includes(call.stream) || !settings.readStreams.has(call.stream)) {
      throw new Refusal('stream_refused', 'stream: not one that this token may read');
    }
    try {
      takeTurn(calls, reader.id, 'this token');
      return await answer(call, reader);
    } catch (error) {
      return answerFailure(error, random);
    }
  };
}

/** A refusal as the AWS SDK reads it, so that a reader's error has a name. */
export function answerReadRefusal(refusal: Refusal): Response {
  return answerRefusal(refusal, { __type: typeOf(refusal), message: refusal.message });
}

function typeOf({ code }: Refusal): string {
  const status = REFUSAL_STATUS[code];
  if (status === 429) return 'ProvisionedThroughputExceededException';
  if (status === 401 || status === 403) return 'AccessDeniedException';
  return status >= 500 ? 'InternalFailureException' : 'InvalidArgumentException';
}

/** The service's own error goes on as it came; where none came, and where the relay is at fault, the relay says so. */
function answerFailure(error: unknown, random: () => number): Response {
  const after = drawWaitMs(random, 1000, 3000);
  if (!(error instanceof KinesisError)) {
    const reason = 'stream: no answer from Kinesis';
    throw new Refusal('stream_unavailable', reason, { after }, { cause: error });
  }
  const { name, message, status } = error;
  if (RELAYS_FAULT.test(name)) {
    const reason = `stream: Kinesis refused the relay with ${name}`;
    throw new Refusal('stream_misconfigured', reason, { after: MISCONFIGURED_AFTER_MS });
  }
  const headers = isThrottle(error) ? { 'retry-after': String(Math.ceil(after / 1000)) } : {};
  return answerJson(status, { __type: name, message }, headers);
}
