import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultModes } from '../../demo/launcher/faults.ts';
import type { Pipeline } from '../../demo/launcher/pipeline.ts';
import { flap } from '../helpers/faults.ts';
import { seededRandom } from '../helpers/seeded-random.ts';
import type { Tabs } from './tabs.ts';

/** The longest that one thing is wrong, but for the first two. */
const LONGEST_MS = 8_000;
const MINUTE_MS = 60_000;

export interface Faults {
  /** Something breaks, and is mended. */
  readonly next: () => Promise<void>;
  readonly heal: () => Promise<void>;
  /** How often each has happened. */
  readonly counts: () => Readonly<Record<string, number>>;
}

export function startFaults({
  pipeline,
  tabs,
  seed,
}: {
  readonly pipeline: Pipeline;
  readonly tabs: Tabs;
  readonly seed: number;
}): Faults {
  const random = seededRandom(seed);
  const counts: Record<string, number> = {};
  const { gate } = pipeline.relay;

  async function withModes(modes: Partial<FaultModes>): Promise<void> {
    pipeline.faults.set(modes);
    await rest();
    pipeline.faults.set({ relay: 'ok', kinesis: 'ok' });
  }

  const rest = (): Promise<void> => sleep(1_000 + random() * (LONGEST_MS - 1_000));
  const anyTab = (): number => Math.floor(random() * 3);

  const kinds: readonly (readonly [name: string, happen: () => Promise<void>])[] = [
    ['relay down', () => withModes({ relay: 'down' })],
    ['relay 503', () => withModes({ relay: 'unavailable' })],
    ['kinesis down', () => withModes({ kinesis: 'down' })],
    ['kinesis throttles', () => withModes({ kinesis: 'throttle' })],
    ['kinesis replies lost', () => withModes({ kinesis: 'lose-replies' })],
    ['flap', () => flapFor(LONGEST_MS)],
    [
      'offline',
      async () => {
        await tabs.setOffline(true);
        await rest();
        await tabs.setOffline(false);
      },
    ],
    ['tab reloaded', () => tabs.reload(anyTab())],
    ['tab crashed', () => tabs.crash(anyTab())],
    ['tab frozen', () => freezeFor(LONGEST_MS)],
    ['handles lost', () => tabs.loseHandles(anyTab())],
    ['browser killed', () => tabs.killBrowser()],
  ];

  async function flapFor(ms: number): Promise<void> {
    gate.setRule(flap(random).rule);
    await sleep(ms);
    pipeline.faults.set({ relay: 'ok' });
  }

  async function freezeFor(ms: number): Promise<void> {
    const thaw = await tabs.freeze(anyTab());
    await sleep(ms);
    await thaw();
  }

  async function happen(name: string, work: () => Promise<void>): Promise<void> {
    counts[name] = (counts[name] ?? 0) + 1;
    await work();
  }

  let isFirst = true;
  return {
    async next() {
      if (isFirst) {
        isFirst = false;
        // The two that the promise names a minute for.
        await Promise.all([
          happen('flap for a minute', () => flapFor(MINUTE_MS)),
          happen('tab frozen for a minute', () => freezeFor(MINUTE_MS)),
        ]);
      }
      const [name, work] = kinds[Math.floor(random() * kinds.length)] as (typeof kinds)[number];
      await happen(name, work);
      // Something has to get through in between.
      await sleep(500 + random() * 2_000);
    },
    async heal() {
      pipeline.faults.set({ relay: 'ok', kinesis: 'ok' });
      await tabs.setOffline(false);
    },
    counts: () => counts,
  };
}
