import type { DuplicateFilterOptions } from '../../../../src/consumer/ledger/options.ts';
import { withoutDuplicates } from '../../../../src/consumer/ledger/without-duplicates.ts';
import type { ConsumedRecord } from '../../../../src/consumer/types.ts';

/** A job that writes its rows, its checkpoints and its filter in one transaction. */
export function createFilterJob(
  shards: readonly (readonly ConsumedRecord[])[],
  limits: DuplicateFilterOptions,
) {
  let filter = withoutDuplicates(limits);
  let rows: string[] = [];
  /** Of each shard: the place to read next, and those that were handed out and are not done. */
  let next = shards.map(() => 0);
  let inHand: number[][] = shards.map(() => []);
  let hasForgotten = false;
  let kept = keep();

  function keep(): string {
    return JSON.stringify({
      from: filter.snapshot(),
      rows,
      next: shards.map((_, at) => doneTo(at)),
    });
  }

  function doneTo(shard: number): number {
    return inHand[shard]?.[0] ?? next[shard] ?? 0;
  }

  function read(shard: number): boolean {
    const place = next[shard] ?? 0;
    const record = shards[shard]?.[place];
    if (!record) return false;
    next[shard] = place + 1;
    if (filter.isWanted(record)) inHand[shard]?.push(place);
    return true;
  }

  function finish(shard: number): void {
    for (const place of inHand[shard]?.splice(0) ?? []) {
      const record = shards[shard]?.[place];
      if (!record) continue;
      rows.push(record.event?.messageId ?? '');
      filter.done(record);
    }
  }

  function noteForgotten(): void {
    const { forgottenLanes, forgottenRuns } = filter.counts();
    hasForgotten ||= forgottenLanes + forgottenRuns > 0;
  }

  return {
    read,
    finish,
    /** What one handler has in its hands is written, and all that says so, before it is told to be done. */
    write(shard: number): void {
      const records = (inHand[shard] ?? []).flatMap((place) => shards[shard]?.[place] ?? []);
      const written = [...rows, ...records.map(({ event }) => event?.messageId)];
      const places = next.map((place, at) => (at === shard ? place : doneTo(at)));
      kept = JSON.stringify({ from: filter.snapshot(records), rows: written, next: places });
      finish(shard);
    },
    /** Another consumer had the shard for a while, and did nothing with it. */
    revoke(shard: number): void {
      next[shard] = doneTo(shard);
      inHand[shard] = [];
    },
    commit(): void {
      kept = keep();
    },
    crash(): void {
      noteForgotten();
      const { from, ...state } = JSON.parse(kept);
      filter = withoutDuplicates({ ...limits, from });
      ({ rows, next } = state);
      inHand = shards.map(() => []);
    },
    end(): { rows: string[]; hasForgotten: boolean } {
      for (const shard of shards.keys()) {
        do finish(shard);
        while (read(shard));
      }
      noteForgotten();
      return { rows: rows.toSorted(), hasForgotten };
    },
  };
}
