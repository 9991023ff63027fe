/** What the launcher's fault proxies do at the moment. */
export interface FaultModes {
  readonly kinesis: 'ok' | 'throttle' | 'down' | 'lose-replies';
  readonly relay: 'ok' | 'down' | 'unavailable';
}

/** The faults of the local pipeline, as its launcher offers them at `/faults`. */
export interface Faults {
  readonly modes: () => FaultModes;
  readonly set: (change: Partial<FaultModes>) => Promise<void>;
  /** Reads them anew: another tab may have turned them. */
  readonly refresh: () => Promise<void>;
}

const NONE: FaultModes = { kinesis: 'ok', relay: 'ok' };

export function createFaults(fetch: typeof globalThis.fetch): Faults {
  let modes = NONE;

  async function ask(init?: RequestInit): Promise<void> {
    const response = await fetch('/faults', init);
    if (!response.ok) throw new Error(`faults: expected 200, got ${response.status}`);
    modes = { ...NONE, ...((await response.json()) as Partial<FaultModes>) };
  }

  return {
    modes: () => modes,
    set: (change) => ask({ method: 'POST', body: JSON.stringify(change) }),
    refresh: () => ask(),
  };
}
