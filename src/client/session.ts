import { isSessionAnswer, type RemoteConfig, type SessionAnswer } from '../protocol/session.ts';
import type { SegmentLog } from '../queue/types.ts';
import type { Runtime } from '../runtime.ts';
import { type Answer, noAnswer, type Transport } from '../transport/fetch-transport.ts';
import type { Identity } from './identity.ts';
import type { ResolvedOptions } from './options.ts';
import { SDK } from './sdk.ts';

/** A session is renewed this long before it ends: a batch that leaves with it still has to arrive. */
const RENEW_BEFORE_MS = 60_000;

/**
 * By how much the wall clock and the one that never jumps may come apart: beyond it somebody has set the first, or a
 * device that slept has stopped the second. Quartz does not lose that much in the hour that a session lasts.
 */
const MAX_DRIFT_MS = 2000;

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
  /** The one that can be used in this very turn. */
  readonly valid: () => Session | undefined;
  /** The relay does not take it any more: the next one is a new one. */
  readonly forget: () => void;
  /** What the relay's clock says in any of its answers: a new session where it contradicts the offset by a minute. */
  readonly compare: (relayNow: number) => void;
  /** The last one, valid or not. */
  readonly known: () => Session | undefined;
}

export interface SessionSetting
  extends Pick<
    ResolvedOptions,
    'endpoint' | 'writeKey' | 'challenge' | 'session' | 'requestTimeoutMs'
  > {
  readonly runtime: Pick<Runtime, 'now' | 'monotonic' | 'delay'>;
  readonly identity: Pick<Identity, 'current'>;
  readonly transport: Transport;
  readonly log: Pick<SegmentLog, 'exchange'>;
  readonly onConfig: (config: RemoteConfig) => void;
  /** The offset as it is known from now on, in milliseconds. */
  readonly onClock: (offsetMs: number) => void;
}

/** Asks for sessions and keeps them beside the log, so that tabs and page loads share one. */
export function createSessions(setting: SessionSetting): Sessions {
  const { runtime, endpoint, writeKey, transport, log, session: given } = setting;
  // A session belongs to a relay and a source: another one's is refused there.
  const key = `session ${writeKey} ${endpoint}`;
  /** A page that is given another one does not go on with the last page's. */
  const isFixed = typeof given === 'object';
  let session: Session | undefined;
  let isRefused = false;
  /** What the two clocks were apart when the session came. */
  let apartMs = 0;
  /** By how much the relay's clock is ahead, where it has contradicted what was known. */
  let aheadMs = 0;

  const clocksApartMs = (): number => runtime.now() - runtime.monotonic();
  const isDrifted = (sinceMs = apartMs): boolean =>
    Math.abs(clocksApartMs() - sinceMs) > MAX_DRIFT_MS;

  function take(next: Session): void {
    session = next;
    apartMs = clocksApartMs();
    setting.onConfig(next.config);
    setting.onClock(next.clockOffsetMs);
  }

  function valid(): Session | undefined {
    if (!session || isRefused || isDrifted()) return undefined;
    const { expires, now, clockOffsetMs } = session;
    const leftMs = expires - clockOffsetMs - runtime.now();
    // One that has longer to live than it was given was kept under a clock that has been set back since.
    return leftMs > RENEW_BEFORE_MS && leftMs < expires - now + RENEW_BEFORE_MS
      ? session
      : undefined;
  }

  async function current(): Promise<Session | Answer> {
    if (!session && !isFixed) {
      const stored = await log.exchange(key, (kept) => kept);
      if (isSession(stored)) take({ ...stored, config: { ...stored.config, pauseMs: 0 } });
    }
    return valid() ?? renew(true);
  }

  async function renew(mayRepeat: boolean): Promise<Session | Answer> {
    // Before the clocks are read: a user may take their time. Without an answer the relay says what is missing.
    const challenge = await Promise.resolve()
      .then(setting.challenge)
      .catch(() => {});
    const known = session && !isDrifted() ? session : undefined;
    const askedApartMs = clocksApartMs();
    const startedAt = runtime.monotonic();
    const answer = await (given
      ? // One that was made long ago says nothing of the time.
        bring(isFixed ? async () => ({ ...given, now: runtime.now() + aheadMs }) : given)
      : transport(
          `${endpoint}/v1/session`,
          JSON.stringify({
            writeKey,
            client: setting.identity.current().clientId,
            sdk: SDK,
            challenge,
          }),
        ));
    const { body } = answer;
    if (answer.status !== 200 || !isSessionAnswer(body)) return answer;
    // The clock was set, or the device slept, on the way: nobody can say when the relay looked at its own.
    if (mayRepeat && isDrifted(askedApartMs)) return renew(false);
    const roundTripMs = runtime.monotonic() - startedAt;
    const clockOffsetMs = Math.round(body.now + roundTripMs / 2 - runtime.now());
    isRefused = false;
    const next = { ...body, ...betterClock({ clockOffsetMs, roundTripMs }, known) };
    take(next);
    // Without a place to keep it, the next page asks again.
    if (!isFixed) log.exchange(key, () => next).catch(() => {});
    return next;
  }

  /** The session that the application has or makes. It may fail, and hang, as a request may. */
  function bring(make: () => Promise<unknown>): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      const stopTimer = runtime.delay(reject, setting.requestTimeoutMs);
      make()
        .then((body) => resolve({ status: 200, body: (body ?? {}) as Answer['body'] }), reject)
        .finally(stopTimer);
    }).catch(() => noAnswer);
  }

  function forget(): void {
    isRefused = true;
  }

  return {
    current,
    valid,
    forget,
    compare(relayNow) {
      const nextMs = relayNow - runtime.now();
      if (Math.abs(nextMs - (session?.clockOffsetMs ?? 0)) > RENEW_BEFORE_MS) {
        aheadMs = nextMs;
        forget();
      }
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
