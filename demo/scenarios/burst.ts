import type { PressScenario } from './types.ts';

const EVENTS = 1_000;

/** Drops on a pond, each with a place, so that no two events are alike. */
export const burst: PressScenario = {
  id: 'burst',
  kind: 'press',
  label: `Burst ${EVENTS.toLocaleString('en')} events`,
  watchFor:
    'A thousand events of one task leave in a few batches, and the ledger ends where it began: nothing missing, nothing twice.',
  async press({ client }) {
    const startedAt = performance.now();
    for (let drop = 1; drop <= EVENTS; drop += 1) {
      client.track('Drop Fell', { drop, of: EVENTS, column: drop % 40, row: Math.ceil(drop / 40) });
    }
    const tookMs = performance.now() - startedAt;
    return `${EVENTS.toLocaleString('en')} events captured in ${tookMs.toFixed(1)} ms.`;
  },
};
