import type { Runtime } from '../runtime.ts';
import { isConsent } from './consent.ts';
import type { Emitter } from './emitter.ts';
import type { ResolvedOptions } from './options.ts';
import type { Consent } from './types.ts';

/** What the tabs of one database tell each other. */
export interface TabChannel {
  /** So much was written to the log; what the user has decided, where that is the news. */
  readonly tell: (events: number, bytes: number, consent?: Consent) => void;
  /** The page stands still: news of a write would end its stay in the back-forward cache. */
  readonly rest: () => void;
  readonly resume: () => void;
  readonly close: () => void;
}

export interface TabChannelSetting
  extends Pick<ResolvedOptions, 'databaseName' | 'writeKey' | 'endpoint'>,
    Pick<Emitter, 'fail'> {
  readonly runtime: Pick<Runtime, 'channel'>;
  /** Of numbers that may be any. */
  readonly onWrite: (events: number, bytes: number) => void;
  readonly onConsent: (consent: Consent) => void;
}

export function createTabChannel(setting: TabChannelSetting): TabChannel {
  const { runtime, databaseName, onWrite, onConsent } = setting;
  const source = `${setting.writeKey} at ${setting.endpoint}`;
  // Apart, and open as long as the page is: one that stands still must not come back without having heard.
  let decisions = open(`${databaseName} consent`);
  let writes: BroadcastChannel | undefined;
  let isTold = false;

  function open(channelName: string): BroadcastChannel | undefined {
    const channel = runtime.channel?.(channelName);
    if (channel) channel.onmessage = ({ data }) => hear(data);
    return channel;
  }

  function tell(events: number, bytes: number, consent?: Consent): void {
    (consent ? decisions : writes)?.postMessage([source, events, bytes, consent]);
  }

  function hear(data: unknown): void {
    // Any script of the origin may speak on it.
    const [other, events, bytes, consent] = Array.isArray(data) ? data : [];
    if (isConsent(consent)) onConsent(consent);
    onWrite(Number(events) || 0, Number(bytes) || 0);
    if (!other || other === source || isTold) return;
    isTold = true;
    // What the one captures, the other would send under its own write key.
    setting.fail(
      'invalid_option',
      `databaseName: expected one for each source, got "${databaseName}" for ${source} and for ${other}`,
    );
    // It has to hear of this one too.
    tell(0, 0);
  }

  function rest(): void {
    writes?.close();
    writes = undefined;
  }

  function resume(): void {
    writes ??= open(databaseName);
    tell(0, 0);
  }

  resume();

  return {
    tell,
    rest,
    resume,
    close() {
      rest();
      decisions?.close();
      decisions = undefined;
    },
  };
}
