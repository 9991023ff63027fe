/** Both places in memory: for tests, and to try things out. They end with the process. */

import type { AuditLog, ErasureState, ErasureStore } from './types.ts';

export function createMemoryErasureStore(): ErasureStore {
  const states = new Map<string, ErasureState>();
  return {
    get: async (key) => states.get(key),
    put: async (state) => {
      if (states.get(state.key)?.status !== 'done') states.set(state.key, state);
    },
    parked: async () =>
      [...states.values()]
        .filter(({ status }) => status === 'parked')
        .sort((one, other) => one.at - other.at),
  };
}

/** `lines`: what it holds, in its order. */
export function createMemoryAuditLog(): AuditLog & { readonly lines: () => readonly string[] } {
  const lines: string[] = [];
  return {
    last: async () => lines.at(-1),
    append: async (seq, line) => {
      if (seq !== lines.length + 1) {
        throw new RangeError(`seq: expected ${lines.length + 1}, got ${seq}`);
      }
      lines.push(line);
    },
    lines: () => [...lines],
  };
}
