/** The routes, and the one boundary that every error ends at. */

import { version } from '../package.json';
import { MAX_WIRE_BYTES } from '../src/protocol/limits.ts';
import { addressOf, networkOf } from './admission/address.ts';
import { type Admission, createAdmission } from './admission/admission.ts';
import { admitBatch } from './admission/batch.ts';
import { mintSession } from './admission/session.ts';
import { parseSettings, type Settings, type SettingsResult } from './configuration/settings.ts';
import type { Env } from './env.ts';
import { placeOf } from './events/enrich.ts';
import { answerJson, answerRefusal, Refusal, shareWith } from './http/answer.ts';
import { readBody } from './http/body.ts';
import { createInFlight, type Hold, type InFlight } from './http/in-flight.ts';
import { ingest } from './ingest.ts';
import { createKinesisCall, type KinesisCall } from './kinesis/call.ts';
import { createStreamWriter, type StreamWriter } from './kinesis/stream-writer.ts';
import { answerReadRefusal, readStream } from './reading/read-door.ts';
import { platformRuntime, type RelayRuntime } from './runtime.ts';

/** A session request is a write key, a client id and a version. */
const MAX_SESSION_BYTES = 4096;

/** A configuration does not mend itself. */
const MISCONFIGURED_AFTER_MS = 60_000;

/** What the AWS SDK sends from a browser, and a signature's headers, for a reader that signs as well. */
const READ_DOOR_HEADERS = [
  'amz-sdk-invocation-id',
  'amz-sdk-request',
  'authorization',
  'content-type',
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-security-token',
  'x-amz-target',
  'x-amz-user-agent',
].join(', ');

const HEALTH_PATH = '/v1/health';

export interface Relay {
  /** Never rejects. */
  readonly fetch: (request: Request) => Promise<Response>;
}

interface Context {
  readonly request: Request;
  readonly origin: string | null;
  readonly settings: Settings;
  readonly admission: Admission;
  readonly inFlight: InFlight;
  readonly kinesis: KinesisCall;
  readonly writer: StreamWriter;
  readonly runtime: RelayRuntime;
}

/** All of them are POST. */
interface Route {
  readonly answer: (context: Context) => Promise<Response>;
  readonly refuse: (refusal: Refusal) => Response;
  /** Request headers that a page may send beyond the safelisted ones. */
  readonly allowHeaders?: string;
}

const ROUTES: ReadonlyMap<string, Route> = new Map<string, Route>([
  ['/v1/session', { answer: answerSession, refuse: answerRefusal }],
  ['/v1/batch', { answer: answerBatch, refuse: answerRefusal }],
  [
    '/v1/kinesis',
    {
      answer: ({ request, settings, kinesis, runtime }) =>
        readStream(request, settings, kinesis, runtime.now()),
      refuse: answerReadRefusal,
      allowHeaders: READ_DOOR_HEADERS,
    },
  ],
]);

export function createRelay(env: Env, runtime: RelayRuntime = platformRuntime): Relay {
  const configured = parseSettings(env, runtime.store !== undefined);
  const problems = configured.ok ? [] : configured.problems;
  if (problems.length > 0) runtime.log(JSON.stringify({ at: 'configuration', problems }));
  const kinesis = configured.ok ? createKinesisCall(configured.value.kinesis, runtime) : undefined;
  const writer = kinesis && createStreamWriter(kinesis, runtime);
  const admission = configured.ok ? createAdmission(configured.value, runtime) : undefined;
  const inFlight = createInFlight(runtime);

  const respond = async (request: Request, path: string, route: Route | undefined) => {
    if (path === HEALTH_PATH && request.method === 'GET') return answerHealth(configured);
    if (path === HEALTH_PATH) throw new Refusal('method_refused', 'method: expected GET');
    if (!route) {
      const known = [...ROUTES.keys(), HEALTH_PATH].join(', ');
      throw new Refusal('not_found', `path: expected one of ${known}`);
    }
    if (request.method !== 'POST') {
      throw new Refusal('method_refused', 'method: expected POST');
    }
    if (!configured.ok || !kinesis || !writer || !admission) {
      const hints = { after: MISCONFIGURED_AFTER_MS };
      throw new Refusal('relay_misconfigured', 'relay: see its /v1/health', hints);
    }
    const origin = request.headers.get('origin');
    const settings = configured.value;
    return route.answer({ request, origin, settings, admission, inFlight, kinesis, writer, runtime });
  };

  return {
    fetch: async (request) => {
      const path = new URL(request.url).pathname.replace(/\/$/, '');
      const route = ROUTES.get(path);
      const origin = request.headers.get('origin');
      if (request.method === 'OPTIONS' && route?.allowHeaders) {
        return shareWith(origin, answerPreflight(route.allowHeaders));
      }
      try {
        return shareWith(origin, await respond(request, path, route));
      } catch (error) {
        const refusal =
          error instanceof Refusal ? error : new Refusal('internal', 'relay: unexpected error');
        logRefusal(runtime, path, refusal, error);
        return shareWith(origin, (route?.refuse ?? answerRefusal)(refusal));
      }
    },
  };
}

async function answerSession({ request, origin, admission, runtime }: Context) {
  const address = addressOf(request);
  await admission.limits.admit('session', networkOf(address));
  const body = await readBody(request, MAX_SESSION_BYTES);
  const now = runtime.now();
  return answerJson(200, await mintSession(admission, { body, origin, address, now }));
}

async function answerBatch(context: Context) {
  const hold = context.inFlight();
  try {
    return await answerHeldBatch(context, hold.add);
  } finally {
    hold.release();
  }
}

async function answerHeldBatch(
  { request, origin, admission, writer, runtime }: Context,
  hold: Hold['add'],
) {
  const body = await readBody(request, MAX_WIRE_BYTES, hold);
  const admitted = await admitBatch(admission, body, origin, runtime.now());
  const { result, summary } = await ingest({ ...admitted, hold }, request, writer, runtime);
  runtime.log(JSON.stringify({ at: 'batch', ...summary, colo: placeOf(request).colo }));
  return result instanceof Refusal ? answerRefusal(result) : answerJson(200, result);
}

/** Says what an operator has to mend, and asks nobody: it answers while Kinesis does not. */
function answerHealth(configured: SettingsResult): Response {
  if (configured.ok) {
    const sources = configured.value.sources.size;
    return answerJson(200, { ok: true, version, sources, problems: [] });
  }
  const { problems } = configured;
  const refusal = { code: 'relay_misconfigured', reason: problems.join('; ') };
  return answerJson(500, { ok: false, version, sources: 0, problems, ...refusal });
}

function answerPreflight(allowHeaders: string): Response {
  return new Response(null, {
    status: 204,
    headers: {
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': allowHeaders,
      // Chromium remembers no longer than two hours.
      'access-control-max-age': '7200',
    },
  });
}

function logRefusal(runtime: RelayRuntime, path: string, refusal: Refusal, error: unknown): void {
  const { code, message: reason } = refusal;
  // Only of what we did not foresee: its stack names our own code.
  const stack = code === 'internal' && error instanceof Error ? { stack: error.stack } : {};
  runtime.log(JSON.stringify({ at: 'refusal', path, code, reason, ...stack }));
}
