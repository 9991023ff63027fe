import type { BrowserContext } from 'playwright-core';

/** What a page has told of its lane. */
export interface Told {
  readonly lane: string;
  /** The last number that was given, and the last that is in the log. */
  readonly captured: number;
  readonly logged: number;
  /** Events that left, of any lane and each time that they did; and those of them that receipts spoke of. */
  readonly sent: number;
  readonly answered: number;
}

/** Hears from every page of a browser how far its lane is: a page may end before anybody can ask it. */
export interface Witness {
  /** Before the browser opens a page. */
  readonly attend: (context: BrowserContext) => Promise<void>;
  /** The last word of each lane. */
  readonly lanes: () => readonly Told[];
  /** Events that left without a receipt: so many may be stored although their client does not know. */
  readonly inDoubt: () => number;
  /** Resolves when lanes have so many events in the log, all together. */
  readonly whenLogged: (events: number) => Promise<void>;
}

export function createWitness(): Witness {
  const lanes = new Map<string, Told>();
  const waiting = new Set<() => void>();

  const logged = (): number => [...lanes.values()].reduce((sum, told) => sum + told.logged, 0);

  return {
    attend: async (context) => {
      await context.exposeBinding('tellTest', (_, told: Told) => {
        lanes.set(told.lane, told);
        for (const check of waiting) check();
      });
    },
    lanes: () => [...lanes.values()],
    inDoubt: () =>
      [...lanes.values()].reduce((sum, { sent, answered }) => sum + sent - answered, 0),
    whenLogged: (events) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (logged() < events) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
  };
}
