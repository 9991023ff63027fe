import type { SwitchScenario } from './types.ts';

const HOUR_MS = 3_600_000;

export const wrongClock: SwitchScenario = {
  id: 'wrong-clock',
  kind: 'switch',
  breaks: false,
  label: 'Clock an hour wrong',
  watchFor:
    'This page’s clock jumps an hour ahead, yet times in the stream stay right: the client measures what it is off by and sends that along.',
  isOn: ({ clock }) => clock.aheadMs() !== 0,
  turn: async ({ clock }, on) => clock.setAhead(on ? HOUR_MS : 0),
};
