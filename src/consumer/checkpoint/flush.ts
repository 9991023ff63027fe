import { RivuletError } from '../../errors.ts';
import type { Holding } from './holding.ts';
import { isLater } from './plan.ts';

/** Writes that somebody else's came before: it is found out whose the lease is, and tried again. */
const TRIES = 5;

export interface FlushSource {
  readonly held: ReadonlyMap<string, Holding>;
  readonly write: (holding: Holding) => Promise<boolean>;
  /** Finds out what the store says of each. */
  readonly compare: () => Promise<void>;
}

/** Resolves when what is done now is written, or is not ours to write any more. */
export async function flush({ held, write, compare }: FlushSource): Promise<void> {
  const aims = [...held.values()].map((holding) => ({ holding, aim: holding.done() }));
  for (let tries = 0; tries < TRIES; tries++) {
    const open = aims.filter(
      ({ holding, aim }) =>
        held.get(holding.shardId) === holding && isLater(aim, holding.lease().checkpoint),
    );
    if (open.length === 0) return;
    try {
      const written = await Promise.all(open.map(({ holding }) => write(holding)));
      if (!written.every(Boolean)) await compare();
    } catch (cause) {
      throw failed(`the store of leases to take them, got ${cause}`, cause);
    }
  }
  throw failed(`to write them, got ${TRIES} writes of others in between`);
}

function failed(text: string, cause?: unknown): RivuletError {
  return new RivuletError('checkpoint_failed', `checkpoints: expected ${text}`, { cause });
}
