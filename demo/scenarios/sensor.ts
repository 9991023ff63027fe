import type { SwitchScenario } from './types.ts';

const INTERVAL_MS = 200;

/** A water gauge that drifts: five measurements a second until it is turned off. */
function createSensor(): SwitchScenario {
  let timer: ReturnType<typeof setInterval> | undefined;
  let ticks = 0;

  return {
    id: 'sensor',
    kind: 'switch',
    breaks: false,
    label: 'River sensor',
    watchFor:
      'A water gauge measures five times a second: telemetry beside clicks, in the same lane, in order. Pull any plug and count the readings afterwards.',
    isOn: () => timer !== undefined,
    async turn({ client }, on) {
      clearInterval(timer);
      timer = on
        ? setInterval(() => {
            ticks += 1;
            const level = 142 + 18 * Math.sin(ticks / 25) + 3 * Math.sin(ticks / 3);
            client.metric('water_level', Math.round(level * 10) / 10, { unit: 'cm' });
          }, INTERVAL_MS)
        : undefined;
    },
  };
}

export const sensor: SwitchScenario = createSensor();
