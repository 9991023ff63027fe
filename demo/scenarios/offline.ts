import type { SwitchScenario } from './types.ts';

export const offline: SwitchScenario = {
  id: 'offline',
  kind: 'switch',
  breaks: true,
  label: 'Go offline',
  watchFor:
    'Keep clicking without a network: the queue grows on disk, survives closing the browser, and leaves in order once you are back.',
  isOn: ({ network }) => network.isOffline(),
  turn: async ({ network }, on) => network.setOffline(on),
};
