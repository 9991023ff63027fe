import type { Runtime } from '../runtime.ts';
import { isConsent } from './consent.ts';
import type { Emitter } from './emitter.ts';
import type { Consent } from './types.ts';

/** What the tabs of one database tell each other. */
export interface TabChannel {
  /** So much was written to the log; what the user has decided, where that is the news. */
  readonly tell: (events: number, bytes: number, consent?: Consent) => void;
  readonly close: () => void;
}

export interface TabChannelSetting {
  readonly channel: Runtime['channel'];
  readonly name: string;
  /** The write key and the relay. */
  readonly source: string;
  /** Of numbers that may be anything. */
  readonly onWrite: (events: unknown, bytes: unknown) => void;
  readonly onConsent: (consent: Consent) => void;
  readonly emitter: Pick<Emitter, 'fail'>;
}

export function createTabChannel(setting: TabChannelSetting): TabChannel {
  const { name, source, onWrite, onConsent, emitter } = setting;
  let channel = setting.channel?.(name);
  let isTold = false;

  function tell(...news: readonly [events: number, bytes: number, consent?: Consent]): void {
    channel?.postMessage([source, ...news]);
  }

  function hear(data: unknown): void {
    // Any script of the origin may speak on it.
    const [other, events, bytes, consent] = Array.isArray(data) ? data : [];
    if (isConsent(consent)) onConsent(consent);
    onWrite(events, bytes);
    if (!other || other === source || isTold) return;
    isTold = true;
    // What the one captures, the other would send under its own write key.
    emitter.fail(
      'invalid_option',
      `databaseName: expected one for each source, got "${name}" for ${source} and for ${other}`,
    );
    // It has to hear of this one too.
    tell(0, 0);
  }

  if (channel) channel.onmessage = ({ data }) => hear(data);
  tell(0, 0);

  return {
    tell,
    close() {
      channel?.close();
      channel = undefined;
    },
  };
}
