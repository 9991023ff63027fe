import type { Client, ClientStats } from 'rivulet';

/** A person cannot read faster, and each look is a transaction on the queue's database. */
const LOOK_EVERY_MS = 200;

const CHANGES = [
  'logged',
  'receipt',
  'dropped',
  'paused',
  'resumed',
  'storage',
  'consent',
  'leader',
] as const;

/** Calls with the client's account now and after changes; the answer stops it. */
export function watchQueue(client: Client, onStats: (stats: ClientStats) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;

  async function look(): Promise<void> {
    // Before the account is asked for: a change while it is made calls for another.
    timer = undefined;
    const stats = await client.stats();
    if (!stopped) onStats(stats);
  }
  function schedule(): void {
    timer ??= setTimeout(() => void look(), LOOK_EVERY_MS);
  }

  const stops = CHANGES.map((name) => client.on(name, schedule));
  void look();
  return () => {
    stopped = true;
    clearTimeout(timer);
    for (const stop of stops) stop();
  };
}
