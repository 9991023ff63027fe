import { checkInterval, every } from './every.ts';
import type { CaptureHost, CaptureSource } from './types.ts';

export interface HeartbeatOptions {
  /**
   * How far two beats are apart, in milliseconds. The first comes at a random part of it, so that devices that start
   * together do not send together ever after.
   * @default 60000
   */
  readonly intervalMs?: number;
}

/**
 * Says that the page or the device is alive: a `metric` of low priority, `Heartbeat`, whose `value` is how long it has run
 * (ms). Beats that a frozen tab or a sleeping machine has missed are not made up for: `sinceLastMs` is how long it was
 * silent, on the wall's clock, and tells. Sends besides: `visible` (of a page), `waiting`, the events of this page load that
 * the relay has not answered for, and `pausedBy`, why nothing is sent. Works without a page too.
 */
export function heartbeat({ intervalMs = 60_000 }: HeartbeatOptions = {}): CaptureSource {
  checkInterval(intervalMs);
  return { name: 'heartbeat', withoutPage: true, start: (host) => beat(host, intervalMs) };
}

function beat({ runtime, capture, on, window }: CaptureHost, intervalMs: number): () => void {
  const page = window as typeof window | undefined;
  const startedAt = runtime.monotonic();
  let lastAt = runtime.now();
  let lane: string | undefined;
  let captured = 0;
  let answered = 0;
  let pausedBy: string | undefined;

  function tell(): void {
    const now = runtime.now();
    const properties = {
      value: Math.round(runtime.monotonic() - startedAt),
      kind: 'gauge',
      unit: 'ms',
      // A clock that was set back tells nothing.
      sinceLastMs: Math.max(0, now - lastAt),
      visible: page && !page.document.hidden,
      waiting: captured - answered,
      pausedBy,
    };
    lastAt = now;
    capture('metric', { event: 'Heartbeat', properties }, { priority: 'low' });
  }

  const stops = [
    on('captured', (position) => {
      ({ lane, seq: captured } = position);
    }),
    on('receipt', ({ receipt }) => {
      if (receipt.lane !== lane || receipt.status === 'retry') return;
      answered = Math.max(answered, receipt.first + receipt.count - 1);
    }),
    on('paused', ({ reason }) => {
      pausedBy = reason;
    }),
    on('resumed', () => {
      pausedBy = undefined;
    }),
    every(runtime, intervalMs, tell, runtime.random() * intervalMs),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
