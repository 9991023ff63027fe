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
      'The visitor has not agreed. What is captured stays in this page’s memory: nothing of it is stored on the device or sent. Turn it off to agree, and what waited leaves, in order.',
    isOn: () => isAsked,
    async turn({ client }, on) {
      isAsked = on;
      await client.consent(on ? 'pending' : 'granted');
    },
  };
}

export const consent: SwitchScenario = createConsent();
