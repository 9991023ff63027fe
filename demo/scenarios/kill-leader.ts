import type { PressScenario } from './types.ts';

const EVENTS = 20;

/** Long enough to see who sends, for somebody who reads. */
const LOOK_MS = 2_500;

/** The tab that sends for all dies with events that nobody has seen yet. */
export const killLeader: PressScenario = {
  id: 'kill-leader',
  kind: 'press',
  label: 'Kill the leader tab',
  watchFor: `A second tab opens here, sends for both, and dies with ${EVENTS} events unsent on disk: this tab takes over at once and sends them.`,
  async press({ client, tabs }) {
    const tab = await tabs.open();
    await tab.capture(EVENTS);
    await new Promise((done) => setTimeout(done, LOOK_MS));
    const led = new Promise<void>((done) => {
      const stop = client.on('leader', ({ leader }) => {
        if (!leader) return;
        stop();
        done();
      });
    });
    const startedAt = performance.now();
    tab.kill();
    await led;
    const tookMs = performance.now() - startedAt;
    return `The other tab led, and died with ${EVENTS} events unsent. This one took over in ${tookMs.toFixed(0)} ms.`;
  },
};
