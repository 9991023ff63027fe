import type { RelayRuntime, Store } from '../../worker/runtime.ts';

/** A store that holds what the test writes, and fails when it is told to. */
export function createScriptedStore(entries: Readonly<Record<string, string | object>> = {}) {
  const texts = new Map<string, string>();
  /** The keys that were asked for. */
  const asked: string[] = [];
  const state = { down: false };

  const put = (key: string, value: string | object): void => {
    texts.set(key, typeof value === 'string' ? value : JSON.stringify(value));
  };
  for (const [key, value] of Object.entries(entries)) put(key, value);

  const store: Store = {
    async get(key) {
      asked.push(key);
      if (state.down) throw new Error('KV GET failed: 503');
      return texts.get(key) ?? null;
    },
  };
  return { store, asked, state, put, remove: (key: string) => texts.delete(key) };
}

/** The time and the log of what asks a store. */
export function createScriptedTime() {
  const clock = { now: 0 };
  const logs: string[] = [];
  const runtime: Pick<RelayRuntime, 'now' | 'log'> = {
    now: () => clock.now,
    log: (line) => logs.push(line),
  };
  return { clock, logs, runtime };
}
