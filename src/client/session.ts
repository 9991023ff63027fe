import { isSessionAnswer, type RemoteConfig, type SessionAnswer } from '../protocol/session.ts';
import type { SegmentLog } from '../queue/types.ts';
import type { Runtime } from '../runtime.ts';
import type { Answer, Transport } from '../transport/fetch-transport.ts';
import { SDK } from './sdk.ts';

/** A session is renewed this long before it ends: a batch that leaves with it still has to arrive. */
const RENEW_BEFORE_MS = 60_000;

export interface Session extends SessionAnswer {
  /** Milliseconds to add to the client's clock to get the relay's. */
  readonly clockOffsetMs: number;
  /** Of the call that measured the offset: half of it is how wrong the offset may be. */
  readonly roundTripMs: number;
}

type Clock = Pick<Session, 'clockOffsetMs' | 'roundTripMs'>;

/** The right to send, and the relay's clock. */
export interface Sessions {
  /** A session that can be used now, or the answer that stands in its way. */
  readonly current: () => Promise<Session | Answer>;
  /** The relay does not take it any more: the next one is a new one. */
  readonly forget: () => void;
  /** The last one, valid or not. */
  readonly known: () => Session | undefined;
}

export interface SessionSetting {
  readonly runtime: Pick<Runtime, 'now' | 'monotonic'>;
  readonly endpoint: string;
  readonly writeKey: string;
  readonly clientId: () => string;
  readonly transport: Transport;
  readonly log: Pick<SegmentLog, 'getValue' | 'setValue'>;
  readonly onConfig: (config: RemoteConfig) => void;
}

/** Asks for sessions and keeps them beside the log, so that tabs and page loads share one. */
export function createSessions(setting: SessionSetting): Sessions {
  const { runtime, endpoint, writeKey, transport, log } = setting;
  // A session belongs to a relay and a source: another one's is refused there.
  const key = `session ${writeKey} ${endpoint}`;
  let session: Session | undefined;
  let isRefused = false;

  async function current(): Promise<Session | Answer> {
    if (!session) {
      const stored = await log.getValue(key);
      if (isSession(stored)) {
        session = stored;
        setting.onConfig({ ...stored.config, pauseMs: 0 });
      }
    }
    if (!session || isRefused) return renew();
    const leftMs = session.expires - session.clockOffsetMs - runtime.now();
    return leftMs > RENEW_BEFORE_MS ? session : renew();
  }

  async function renew(): Promise<Session | Answer> {
    const askedAt = runtime.now();
    const startedAt = runtime.monotonic();
    const answer = await transport(
      `${endpoint}/v1/session`,
      JSON.stringify({ writeKey, client: setting.clientId(), sdk: SDK }),
    );
    const { body } = answer;
    if (answer.status !== 200 || !isSessionAnswer(body)) return answer;
    const roundTripMs = runtime.monotonic() - startedAt;
    const clockOffsetMs = Math.round(body.now - askedAt - roundTripMs / 2);
    session = { ...body, ...betterClock({ clockOffsetMs, roundTripMs }, session) };
    isRefused = false;
    setting.onConfig(body.config);
    // Without a place to keep it, the next page asks again.
    log.setValue(key, session).catch(() => {});
    return session;
  }

  return {
    current,
    forget: () => {
      isRefused = true;
    },
    known: () => session,
  };
}

/** The offset with the smaller round trip, unless the two contradict each other: then somebody has set the clock. */
function betterClock(measured: Clock, known = measured): Clock {
  const { clockOffsetMs, roundTripMs } = known;
  const apartMs = Math.abs(clockOffsetMs - measured.clockOffsetMs);
  const isBetter =
    roundTripMs < measured.roundTripMs && apartMs <= roundTripMs + measured.roundTripMs;
  return isBetter ? { clockOffsetMs, roundTripMs } : measured;
}

function isSession(value: unknown): value is Session {
  return isSessionAnswer(value) && typeof (value as Partial<Session>).clockOffsetMs === 'number';
}
