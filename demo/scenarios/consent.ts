import type { SwitchScenario } from './types.ts';

/** A visitor who has not answered the banner. */
function createConsent(): SwitchScenario {
  let isAsked = false;

  return {
    id: 'consent',
    kind: 'switch',
    breaks: true,
    label: 'No consent yet',
    watchFor:
      'Until the visitor agrees, events stay in this page’s memory, neither stored nor sent; turn it off to agree, and they leave in order.',
    isOn: () => isAsked,
    async turn({ client }, on) {
      isAsked = on;
      await client.consent(on ? 'pending' : 'granted');
    },
  };
}

export const consent: SwitchScenario = createConsent();
