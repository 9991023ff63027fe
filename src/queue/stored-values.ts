import type { SegmentLog } from './types.ts';

/** A number, where the client's own values have names; 0 is the tally. */
const LEASE_KEY = 1;

interface Lease {
  readonly owner: string;
  readonly from: number;
  readonly until: number;
}

/** How far two tabs' clocks, read at the same moment, may be apart by the time that their transactions have their turn. */
const CLOCK_SLACK_MS = 60_000;

/** What is there is given to `next`, in one step, and what it answers is there from then on. */
export type Exchange = (
  key: string | number,
  next: (current: unknown) => unknown,
) => Promise<unknown>;

/** Every kind of value, over the one thing that a log has to offer for them. */
export function createStoredValues(
  exchange: Exchange,
): Pick<SegmentLog, 'lease' | 'getValue' | 'setValue' | 'keepValue'> {
  return {
    async lease(owner, from, until) {
      const lease = { owner, from, until };
      const isFree = (held: Lease | undefined): boolean =>
        // Of one that began well in the future, the clock was set back: nobody knows when it ends.
        !held || held.owner === owner || held.until <= from || held.from > from + CLOCK_SLACK_MS;
      const now = await exchange(LEASE_KEY, (held) => (isFree(held as Lease) ? lease : held));
      return (now as Lease).owner === owner;
    },
    getValue: (key) => exchange(key, (current) => current),
    setValue: (key, value) => exchange(key, () => value),
    keepValue: (key, value) => exchange(key, (current) => current ?? value),
  };
}
