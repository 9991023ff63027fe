import type { SegmentLog } from '../queue/types.ts';

/** A number, where the client's own values have names; 0 is the tally. */
const LEASE_KEY = 1;

/** How far two tabs' clocks, read at the same moment, may be apart by the time that their transactions have their turn. */
const CLOCK_SLACK_MS = 60_000;

interface Lease {
  readonly owner: string;
  readonly from: number;
  readonly until: number;
}

/**
 * Takes or renews the right to send, for where there are no Web Locks. False while another owner's has not ended; an owner
 * that asks until 0 gives it back. Times are milliseconds since 1970 on the client's clock.
 */
export async function takeLease(
  log: Pick<SegmentLog, 'exchange'>,
  owner: string,
  from: number,
  until: number,
): Promise<boolean> {
  const isFree = (held: Lease | undefined): boolean =>
    // Of one that began well in the future, the clock was set back: nobody knows when it ends.
    !held || held.owner === owner || held.until <= from || held.from > from + CLOCK_SLACK_MS;
  const now = await log.exchange(LEASE_KEY, (held) =>
    isFree(held as Lease | undefined) ? { owner, from, until } : held,
  );
  return (now as Lease).owner === owner;
}
