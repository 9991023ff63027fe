/** Moments, as ISO 8601 can write them, and by whose clock. */

/** The last moment of the year 9999: ISO 8601 has four digits for a year. */
const LAST_MOMENT = 253_402_300_799_999;

export interface ClockFacts {
  /** Of the client's clock when it sent: for segments that do not know their own. */
  readonly clockOffsetMs: number;
  /** No event can have happened later, on the relay's clock. */
  readonly latest: number;
}

/**
 * From the client's clock to the relay's: by the first offset that leads to a possible moment, by the client's own clock
 * where none does. The clock may have been set since: what it was off by at capture comes first.
 */
export function createMoments(
  ofSegment: number | undefined,
  { clockOffsetMs, latest }: ClockFacts,
): (timestamp: number) => number {
  const offsets = [ofSegment ?? clockOffsetMs, clockOffsetMs];
  return (timestamp) => {
    const isPossible = (offset: number): boolean =>
      isMoment(timestamp + offset) && timestamp + offset <= latest;
    return timestamp + (offsets.find(isPossible) ?? 0);
  };
}

export function isMoment(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= LAST_MOMENT;
}

export function toIso(moment: number): string {
  return new Date(moment).toISOString();
}

/** The same for moments that follow each other closely: a date is made once a second of them. */
export function createIsoWriter(): (moment: number) => string {
  let second = Number.NaN;
  let untilSecond = '';
  return (moment) => {
    const seconds = Math.floor(moment / 1000);
    if (seconds !== second) {
      second = seconds;
      untilSecond = toIso(seconds * 1000).slice(0, -4);
    }
    const ms = Math.trunc(moment) - seconds * 1000;
    return `${untilSecond}${ms < 10 ? '00' : ms < 100 ? '0' : ''}${ms}Z`;
  };
}
