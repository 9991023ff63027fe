import type { LaneRange } from '../protocol/event.ts';
import { attempt } from '../runtime.ts';
import type { Emitter } from './emitter.ts';
import type { HeldLog } from './held-log.ts';
import type { Identity } from './identity.ts';
import type { Lane } from './lane.ts';
import { type ResolvedOptions, show } from './options.ts';
import type { Sessions } from './session.ts';
import type { Consent } from './types.ts';

const CHOICES: readonly Consent[] = ['pending', 'granted', 'denied'];

/** After a log that could not be cleared. */
const ERASE_AGAIN_MS = 5000;

/** What the user has agreed to, and what follows from it. */
export interface ConsentGate {
  readonly state: () => Consent;
  /** Resolves when what follows from it is done. Never rejects. */
  readonly decide: (consent: Consent) => Promise<void>;
}

export interface ConsentSetting extends ResolvedOptions, Emitter {
  readonly log: HeldLog;
  readonly identity: Identity;
  /** Resolves when the visitor that was kept on the device is at hand. */
  readonly loadVisitor: (() => Promise<void>) | undefined;
  readonly lane: Lane;
  readonly sessions: Sessions;
  /** Whether anything may be sent. */
  readonly permit: (isPermitted: boolean) => void;
}

type Choices = Pick<ResolvedOptions, 'consent' | 'pendingIn' | 'privacySignals' | 'runtime'>;

export function startingConsent({ consent, privacySignals, runtime }: Choices): Consent {
  const { globalPrivacyControl, doNotTrack } = runtime.navigator ?? {};
  const isRefused =
    (globalPrivacyControl === true && privacySignals.includes('gpc')) ||
    (doNotTrack === '1' && privacySignals.includes('dnt'));
  return isRefused ? 'denied' : consent;
}

/** Whether anything may be stored on the device. */
export function mayStore(consent: Consent, { pendingIn }: Choices): boolean {
  return consent === 'granted' || (consent === 'pending' && pendingIn === 'log');
}

export function isConsent(value: unknown): value is Consent {
  return CHOICES.includes(value as Consent);
}

export function createConsentGate(setting: ConsentSetting): ConsentGate {
  const { log, identity, lane, permit, emit, fail } = setting;
  let state = startingConsent(setting);
  let done = Promise.resolve();
  /** What a denial has deleted: told on the stream when the user has agreed again, and never before. */
  const lost: LaneRange[] = [];

  function decide(next: Consent): Promise<void> {
    if (!isConsent(next)) {
      fail('invalid_option', `consent: expected ${CHOICES.join(' or ')}, got ${show(next)}`);
      return done;
    }
    if (next === state && next !== 'denied') return done;
    state = next;
    if (next !== 'granted') permit(false);
    // In the log, and so among what is handed over or deleted.
    lane.write();
    // In this very turn: nothing that comes later may reach the device.
    const erase = next === 'denied' ? log.erase() : undefined;
    if (erase) {
      identity.forget();
      setting.sessions.forget();
    } else if (!mayStore(next, setting)) {
      log.hold();
      identity.hold();
    }
    emit('consent', { consent: next });
    done = done.then(() => (erase ? finish(erase) : keep()));
    return done;
  }

  async function finish(erase: () => Promise<readonly LaneRange[]>): Promise<void> {
    try {
      for (const range of await erase()) {
        lost.push(range);
        emit('dropped', { ...range, reason: 'consent' });
      }
    } catch (cause) {
      fail('storage_failed', 'log: could not be cleared', cause);
      await new Promise<void>((resolve) => {
        setting.runtime.delay(resolve, ERASE_AGAIN_MS);
      });
      await finish(erase);
    }
  }

  async function keep(): Promise<void> {
    // Another word may have come since.
    if (!mayStore(state, setting)) return;
    const released = log.release();
    await setting.loadVisitor?.();
    lane.cut();
    identity.keep();
    await released;
    if (state !== 'granted') return;
    await lane.declare('consent', lost.splice(0));
    permit(state === 'granted');
  }

  if (state !== 'granted') permit(false);
  // By the application's word, which knows the user's. A signal is nobody's word on what was agreed to before.
  if (setting.consent === 'denied' && hasTrace(setting)) {
    log.release();
    decide('denied');
  }
  return { state: () => state, decide };
}

/** Whether there may be something to delete: to look into a database would create it. */
function hasTrace({ visitorStorage, databaseName }: ResolvedOptions): boolean {
  return !visitorStorage || !!attempt(() => visitorStorage.getItem(databaseName) !== null);
}
