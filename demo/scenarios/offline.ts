import type { SwitchScenario } from './types.ts';

export const offline: SwitchScenario = {
  id: 'offline',
  kind: 'switch',
  breaks: true,
  label: 'Go offline',
  watchFor:
    'The page loses its network. Keep clicking: the queue grows on disk, and survives closing the browser. It leaves, in order, once you are back.',
  isOn: ({ network }) => network.isOffline(),
  turn: async ({ network }, on) => network.setOffline(on),
};
