import type { FaultModes } from './faults.ts';
import type { SwitchScenario } from './types.ts';

/** A switch that puts one station of the pipeline into one mode, and back. */
function station<Name extends keyof FaultModes>(
  name: Name,
  mode: FaultModes[Name],
  text: Pick<SwitchScenario, 'id' | 'label' | 'watchFor'>,
): SwitchScenario {
  return {
    ...text,
    kind: 'switch',
    breaks: true,
    isOn: ({ faults }) => faults.modes()[name] === mode,
    turn: ({ faults }, on) => faults.set({ [name]: on ? mode : 'ok' }),
  };
}

export const kinesisThrottles = station('kinesis', 'throttle', {
  id: 'kinesis-throttles',
  label: 'Kinesis throttles',
  watchFor:
    'Every write is refused, yet no event is given up for having been tried: the relay says when to come back, and the queue waits.',
});

export const kinesisDown = station('kinesis', 'down', {
  id: 'kinesis-down',
  label: 'Kinesis down',
  watchFor:
    'The stream breaks every connection, the live view’s too: the relay acknowledges nothing that it could not store, so all waits here.',
});

export const relayDown = station('relay', 'down', {
  id: 'relay-down',
  label: 'Relay down',
  watchFor:
    'Nothing answers at the edge: the page backs off, keeps capturing, and drains in order as soon as somebody listens again.',
});
