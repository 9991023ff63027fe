/** A shard that takes writes, as the launcher names it. */
export interface OpenShard {
  readonly shardId: string;
  readonly parents: readonly string[];
}

/** The shards of the local stream, as its launcher changes them at `/stream`. */
export interface StreamSwitch {
  /** As of the last answer, in the order of their hash keys. */
  readonly shards: () => readonly OpenShard[];
  readonly split: (shardId: string) => Promise<void>;
  /** Two shards whose hash keys touch. */
  readonly merge: (shardIds: readonly [string, string]) => Promise<void>;
  /** Asks anew: the live view, or another tab, may have changed them. */
  readonly refresh: () => Promise<void>;
}

export function createStreamSwitch(fetch: typeof globalThis.fetch): StreamSwitch {
  let shards: readonly OpenShard[] = [];

  async function ask(init?: RequestInit): Promise<void> {
    const response = await fetch('/stream', init);
    const answer = (await response.json()) as { shards?: OpenShard[]; reason?: string };
    if (!response.ok) {
      throw new Error(answer.reason ?? `stream: expected 200, got ${response.status}`);
    }
    shards = answer.shards ?? [];
  }
  const post = (change: object): Promise<void> =>
    ask({ method: 'POST', body: JSON.stringify(change) });

  return {
    shards: () => shards,
    split: (shardId) => post({ split: shardId }),
    merge: (shardIds) => post({ merge: shardIds }),
    refresh: () => ask(),
  };
}
