import type { SwitchScenario } from './types.ts';

const INTERVAL_MS = 20;

/** A water gauge that drifts: fifty readings a second until it is turned off. */
function createSensor(): SwitchScenario {
  let timer: ReturnType<typeof setInterval> | undefined;
  let ticks = 0;

  return {
    id: 'sensor',
    kind: 'switch',
    breaks: false,
    label: 'River sensor',
    watchFor:
      'A water gauge reads fifty times a second, and one event carries each second’s count, sum, least, most and buckets.',
    isOn: () => timer !== undefined,
    async turn({ client }, on) {
      clearInterval(timer);
      timer = on
        ? setInterval(() => {
            ticks += 1;
            const level = 142 + 18 * Math.sin(ticks / 250) + 3 * Math.sin(ticks / 30);
            client.metric('water_level', Math.round(level * 10) / 10, {
              kind: 'histogram',
              unit: 'cm',
            });
          }, INTERVAL_MS)
        : undefined;
    },
  };
}

export const sensor: SwitchScenario = createSensor();
