/** `GET /v1/ready`: whether the streams and the store answer, for who holds a read token of these streams. */

import { version } from '../../package.json';
import { isObject } from '../../src/protocol/parsed.ts';
import { REFUSAL_STATUS } from '../../src/protocol/receipt.ts';
import type { Admission } from '../admission/admission.ts';
import { regionsOf, type Settings } from '../configuration/settings.ts';
import { answerJson, Refusal } from '../http/answer.ts';
import type { KinesisCall } from '../kinesis/call.ts';
import { nameOf } from '../kinesis/failure.ts';
import { admitReader } from '../reading/read-call.ts';
import type { RelayRuntime } from '../runtime.ts';

/** Kinesis answers 20 of these calls a second, for the whole account. */
const FRESH_MS = 5000;

/** A prober gives up after ten seconds or so. */
const CALL_TIMEOUT_MS = 5000;

export interface StreamState {
  readonly stream: string;
  readonly ok: boolean;
  /** As Kinesis says: `ACTIVE`, `UPDATING` … */
  readonly status?: string;
  readonly shards?: number;
  /** The error's name, where there was no such answer. */
  readonly code?: string;
  readonly ms: number;
}

export interface StoreState {
  readonly ok: boolean;
  readonly ms: number;
}

export type Readiness = (request: Request) => Promise<Response>;

export function createReadiness(
  settings: Settings,
  admission: Admission,
  kinesis: KinesisCall,
  { now, store }: Pick<RelayRuntime, 'now' | 'store'>,
): Readiness {
  const regions = regionsOf(settings);
  const asked = new Map<string, { readonly at: number; readonly state: Promise<StreamState> }>();

  async function describe(stream: string): Promise<StreamState> {
    const at = now();
    try {
      const body = JSON.stringify({ StreamName: stream });
      const options = { region: regions.get(stream), timeoutMs: CALL_TIMEOUT_MS };
      const text = await kinesis('DescribeStreamSummary', body, options);
      return { stream, ...readSummary(text), ms: now() - at };
    } catch (error) {
      return { stream, ok: false, code: nameOf(error), ms: now() - at };
    }
  }

  function stateOf(stream: string): Promise<StreamState> {
    const known = asked.get(stream);
    if (known && now() - known.at < FRESH_MS) return known.state;
    const state = describe(stream);
    asked.set(stream, { at: now(), state });
    return state;
  }

  async function storeState(): Promise<StoreState | undefined> {
    const at = now();
    try {
      await store?.get('ready');
      return store && { ok: true, ms: now() - at };
    } catch {
      // Its words are for the log, which has them when a source is looked up.
      return { ok: false, ms: now() - at };
    }
  }

  return async (request) => {
    const reader = await admitReader(request, admission, now());
    await admission.limits.admit('read', reader.id);
    const names = reader.streams.filter(
      (stream) => regions.has(stream) || settings.readStreams.has(stream),
    );
    if (names.length === 0) {
      throw new Refusal('stream_refused', 'token: names no stream of this relay');
    }
    const [streams, kept] = await Promise.all([Promise.all(names.map(stateOf)), storeState()]);
    const body = { version, streams, store: kept ?? 'off' };
    const failing = [
      ...streams.filter(({ ok }) => !ok).map(({ stream }) => `stream ${stream}`),
      ...(kept?.ok === false ? ['store'] : []),
    ];
    if (failing.length === 0) return answerJson(200, { ok: true, ...body });
    const code = 'stream_unavailable';
    const reason = `${failing.join(', ')}: not ready`;
    return answerJson(REFUSAL_STATUS[code], { ok: false, ...body, code, reason });
  };
}

/** A stream takes records while it is resharded, too. */
function readSummary(text: string): Pick<StreamState, 'ok' | 'status' | 'shards'> {
  const answer: unknown = JSON.parse(text);
  const summary = isObject(answer) ? answer.StreamDescriptionSummary : undefined;
  const { StreamStatus = 'UNKNOWN', OpenShardCount = 0 } = isObject(summary) ? summary : {};
  const status = String(StreamStatus);
  return {
    ok: status === 'ACTIVE' || status === 'UPDATING',
    status,
    shards: Number(OpenShardCount),
  };
}
