import type { SwitchScenario } from './types.ts';

export const offline: SwitchScenario = {
  id: 'offline',
  kind: 'switch',
  label: 'Go offline',
  watchFor:
    'The page loses its network. Keep clicking: the queue grows on disk. Reload, or close the browser and come back: it is still there, and it leaves once you are online.',
  isOn: ({ network }) => network.isOffline(),
  turn: async ({ network }, on) => network.setOffline(on),
};
