/** The routes, and the one boundary that every error ends at. */

import { MAX_WIRE_BYTES } from '../src/protocol/limits.ts';
import { addressOf, networkOf } from './admission/address.ts';
import { type Admission, createAdmission } from './admission/admission.ts';
import { admitBatch } from './admission/batch.ts';
import { mintSession } from './admission/session.ts';
import { parseSettings, type Settings } from './configuration/settings.ts';
import type { Env } from './env.ts';
import { placeOf } from './events/enrich.ts';
import { answerJson, answerRefusal, Refusal, shareWith } from './http/answer.ts';
import { readBody } from './http/body.ts';
import { createInFlight, type Hold, type InFlight } from './http/in-flight.ts';
import { ingest } from './ingest.ts';
import { createKinesisCall } from './kinesis/call.ts';
import { createStreamWriter, type StreamWriter } from './kinesis/stream-writer.ts';
import { answerHealth } from './operation/health.ts';
import { reportBatch, reportRefusal } from './operation/log.ts';
import { createReadiness, type Readiness } from './operation/readiness.ts';
import { withTiming } from './operation/timing.ts';
import { answerReadRefusal, createReadDoor, type ReadDoor } from './reading/read-door.ts';
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
const READY_PATH = '/v1/ready';

export interface Relay {
  /** Never rejects. */
  readonly fetch: (request: Request) => Promise<Response>;
  /** Streams that were written to: whether they are not asked now, because they have failed too often. */
  readonly streams: () => ReadonlyMap<string, boolean>;
}

/** What the requests of a relay share. */
interface Parts {
  readonly admission: Admission;
  readonly inFlight: InFlight;
  readonly writer: StreamWriter;
  readonly readDoor: ReadDoor;
  readonly readiness: Readiness;
}

interface Context extends Parts {
  readonly request: Request;
  readonly origin: string | null;
  readonly runtime: RelayRuntime;
}

interface Route {
  /** Default: POST. */
  readonly method?: 'GET';
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
      answer: ({ request, readDoor }) => readDoor(request),
      refuse: answerReadRefusal,
      allowHeaders: READ_DOOR_HEADERS,
    },
  ],
  [
    READY_PATH,
    {
      method: 'GET',
      answer: ({ request, readiness }) => readiness(request),
      refuse: answerRefusal,
    },
  ],
]);

export function createRelay(env: Env, runtime: RelayRuntime = platformRuntime): Relay {
  const configured = parseSettings(env, runtime.store !== undefined);
  const problems = configured.ok ? [] : configured.problems;
  if (problems.length > 0) runtime.log(JSON.stringify({ at: 'configuration', problems }));
  const parts = configured.ok ? createParts(configured.value, runtime) : undefined;

  const respond = async (request: Request, path: string, route: Route | undefined) => {
    if (path === HEALTH_PATH && request.method === 'GET') return answerHealth(configured, runtime);
    if (path === HEALTH_PATH) throw new Refusal('method_refused', 'method: expected GET');
    if (!route) {
      const known = [...ROUTES.keys(), HEALTH_PATH].join(', ');
      throw new Refusal('not_found', `path: expected one of ${known}`);
    }
    const { method = 'POST' } = route;
    if (request.method !== method) {
      throw new Refusal('method_refused', `method: expected ${method}`);
    }
    if (!parts) {
      const hints = { after: MISCONFIGURED_AFTER_MS };
      throw new Refusal('relay_misconfigured', 'relay: see its /v1/health', hints);
    }
    const origin = request.headers.get('origin');
    return route.answer({ request, origin, runtime, ...parts });
  };

  return {
    streams: () => parts?.writer.streams() ?? new Map(),
    fetch: async (request) => {
      const path = pathOf(request);
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
        const isKnown = route !== undefined || path === HEALTH_PATH;
        const facts = { path: isKnown ? path : 'other', ...coloOf(request) };
        reportRefusal(runtime, refusal, facts, error);
        return shareWith(origin, (route?.refuse ?? answerRefusal)(refusal));
      }
    },
  };
}

/** From the last `/v1/` on: a route of a site, such as `www.example.com/events/*`, leaves its own path before it. */
function pathOf(request: Request): string {
  const path = new URL(request.url).pathname.replace(/\/$/, '');
  return path.slice(Math.max(0, path.lastIndexOf('/v1/')));
}

function createParts(settings: Settings, runtime: RelayRuntime): Parts {
  const kinesis = createKinesisCall(settings.kinesis, runtime);
  const admission = createAdmission(settings, runtime);
  return {
    admission,
    inFlight: createInFlight(runtime),
    writer: createStreamWriter(kinesis, runtime),
    readDoor: createReadDoor(settings, admission, kinesis, runtime),
    readiness: createReadiness(settings, admission, kinesis, runtime),
  };
}

async function answerSession({ request, origin, admission, runtime }: Context) {
  const arrivedAt = runtime.now();
  const address = addressOf(request);
  await admission.limits.admit('session', networkOf(address));
  const body = await readBody(request, MAX_SESSION_BYTES);
  const now = runtime.now();
  const userAgent = request.headers.get('user-agent');
  const session = await mintSession(admission, { body, origin, address, userAgent, now });
  return withTiming(answerJson(200, session), { ms: runtime.now() - arrivedAt }, origin);
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
  const arrivedAt = runtime.now();
  const body = await readBody(request, MAX_WIRE_BYTES, hold);
  const admitted = await admitBatch(admission, body, origin, runtime.now());
  const { result, summary } = await ingest(
    { ...admitted, hold, secret: admission.secrets[0] ?? '' },
    request,
    writer,
    runtime,
  );
  const { putMs } = summary;
  const ms = runtime.now() - arrivedAt;
  reportBatch(runtime, { ...summary, ms, ...coloOf(request) });
  const answer = result instanceof Refusal ? answerRefusal(result) : answerJson(200, result);
  return withTiming(answer, { ms, putMs }, origin);
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

/** Where it was answered, as far as the platform says. */
function coloOf(request: Request): { readonly colo?: string } {
  const { colo } = placeOf(request);
  return colo === undefined ? {} : { colo };
}
