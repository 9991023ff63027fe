import type { Client } from 'rivulet';
import type { ClockSwitch } from './clock-switch.ts';
import type { Faults } from './faults.ts';
import type { NetworkSwitch } from './network-switch.ts';
import type { OtherTabs } from './other-tab.ts';
import type { StreamSwitch } from './stream-switch.ts';

/** What a scenario may turn. */
export interface Stage {
  readonly client: Client;
  readonly network: NetworkSwitch;
  readonly clock: ClockSwitch;
  readonly faults: Faults;
  readonly stream: StreamSwitch;
  readonly tabs: OtherTabs;
}

interface Named {
  readonly id: string;
  readonly label: string;
  /** One line: what happens, and where to look. */
  readonly watchFor: string;
}

/** On until somebody turns it off. */
export interface SwitchScenario extends Named {
  readonly kind: 'switch';
  /** Whether events have to wait while it is on. */
  readonly breaks: boolean;
  readonly isOn: (stage: Stage) => boolean;
  readonly turn: (stage: Stage, on: boolean) => Promise<void>;
}

/** Happens once for each press. */
export interface PressScenario extends Named {
  readonly kind: 'press';
  /** Resolves with a sentence about what was done. */
  readonly press: (stage: Stage) => Promise<string>;
}

export type Scenario = SwitchScenario | PressScenario;
