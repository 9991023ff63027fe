import type { PressScenario } from './types.ts';

/** One event that the relay has to refuse, between two that it takes. */
export const poisonEvent: PressScenario = {
  id: 'poison-event',
  kind: 'press',
  label: 'Poison event',
  watchFor:
    'An order whose total is the word “free” breaks the tracking plan: the relay refuses this one event, says why, and stores its neighbours.',
  async press({ client }) {
    client.track('Drop Fell', { drop: 1, of: 2 });
    client.track('Order Completed', { order_id: 'R-POISON', total: 'free' });
    client.track('Drop Fell', { drop: 2, of: 2 });
    return 'Three events captured, the second of them poison.';
  },
};
