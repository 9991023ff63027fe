import type { Client, ClientEvents, ClientStats } from '../../src/client/types.ts';

/** A client that says what the test tells it to. */
export interface ScriptedClient extends Client {
  readonly tell: <Name extends keyof ClientEvents>(name: Name, detail: ClientEvents[Name]) => void;
  readonly setStats: (change: Partial<ClientStats>) => void;
  readonly listeners: () => number;
}

export function createScriptedClient(lane: string): ScriptedClient {
  const listeners = new Map<keyof ClientEvents, Set<(detail: never) => void>>();
  let stats: ClientStats = {
    clientId: `client-of-${lane}`,
    databaseName: 'rivulet',
    lane,
    captured: 0,
    stored: 0,
    rejected: 0,
    dropped: 0,
    droppedBy: {},
    log: 'indexeddb',
    missing: [],
    queue: { segments: 0, events: 0, bytes: 0, inMemory: 0 },
    maxQueueBytes: 32 * 1024 * 1024,
    consent: 'granted',
    leader: true,
    pause: undefined,
    nextSendAt: undefined,
    lastReceipt: undefined,
    clockOffsetMs: 0,
    sessionExpires: undefined,
  };
  const nothing = (): void => {};
  return {
    track: nothing,
    page: nothing,
    identify: nothing,
    group: nothing,
    alias: nothing,
    metric: nothing,
    log: nothing,
    erase: nothing,
    use: () => nothing,
    reset: nothing,
    flush: async () => ({ stored: 0, queued: stats.queue.events }),
    consent: async () => {},
    rejected: async () => [],
    persist: async () => false,
    close: async () => {},
    on: (name, listener) => {
      const heard = listeners.get(name) ?? new Set();
      listeners.set(name, heard.add(listener as (detail: never) => void));
      return () => heard.delete(listener as (detail: never) => void);
    },
    stats: async () => stats,
    tell: (name, detail) => {
      for (const listener of listeners.get(name) ?? []) listener(detail as never);
    },
    setStats: (change) => {
      stats = { ...stats, ...change };
    },
    listeners: () => [...listeners.values()].reduce((sum, heard) => sum + heard.size, 0),
  };
}
