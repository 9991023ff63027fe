import type { CaptureHost } from '../capture/types.ts';
import type { Properties } from '../protocol/event.ts';
import type { Emitter } from './emitter.ts';
import type { Identity } from './identity.ts';
import type { Lane } from './lane.ts';
import type { ResolvedOptions } from './options.ts';

export interface SourcesSetting
  extends Pick<ResolvedOptions, 'capture' | 'cookieless' | 'endpoint' | 'runtime'>,
    Pick<Emitter, 'fail' | 'on'>,
    Pick<CaptureHost, 'scrub' | 'use'> {
  readonly add: CaptureHost['capture'];
  readonly identity: Pick<Identity, 'current' | 'know' | 'isKept'>;
  readonly lane: Pick<Lane, 'write'>;
  readonly whenKnown: (step: () => void) => void;
  readonly describe: (facts: Properties) => void;
  /** Who takes the readings of `metric` from now on. */
  readonly onMeter: (taker: Parameters<CaptureHost['takeMetrics']>[0] | undefined) => void;
}

/** Starts what the application wants captured, as far as there is a page for it. The answer stops it, the last one first. */
export function startSources(setting: SourcesSetting): () => void {
  const { runtime, identity, fail, add, onMeter } = setting;
  const { page } = runtime;
  const stops: (() => void)[] = [];

  const host: CaptureHost = {
    ...setting,
    window: page as CaptureHost['window'],
    capture: add,
    track: (event, properties, more) => add('track', { event, properties }, more),
    page: (event, properties, more) => add('page', { event, properties }, more),
    write: () => void setting.lane.write(),
    mayStore: () => identity.isKept() && !setting.cookieless,
    fail: (message, cause) => fail('capture_failed', message, cause),
    remember(name, value) {
      if (value === undefined) return identity.current().memory?.[name];
      setting.whenKnown(() =>
        identity.know('memory', { ...identity.current().memory, [name]: value }),
      );
      return value;
    },
    takeMetrics(taker) {
      onMeter(taker);
      return () => onMeter(undefined);
    },
  };
  for (const source of setting.capture) {
    if (!page && !source.withoutPage) continue;
    try {
      stops.push(source.start(host));
    } catch (cause) {
      // Not before there can be a listener.
      Promise.resolve().then(() => fail('capture_failed', `${source.name}: did not start`, cause));
    }
  }

  return () => {
    for (const stop of stops.reverse()) {
      try {
        stop();
      } catch (cause) {
        fail('capture_failed', 'capture source: did not stop', cause);
      }
    }
  };
}
