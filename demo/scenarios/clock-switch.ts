/** The clock on the wall of this page, which can be set wrong. */
export interface ClockSwitch {
  readonly aheadMs: () => number;
  readonly setAhead: (aheadMs: number) => void;
}

export function createClockSwitch({ Date: clock }: Pick<typeof globalThis, 'Date'>): ClockSwitch {
  const { now } = clock;
  let aheadMs = 0;

  return {
    aheadMs: () => aheadMs,
    setAhead(next) {
      aheadMs = next;
      // For all on the page, as the machine's own clock would be: the client and the live view agree with each other and
      // with nobody else.
      clock.now = next === 0 ? now : () => now.call(clock) + next;
    },
  };
}
