import { ListShardsCommand, type ListShardsCommandInput } from '@aws-sdk/client-kinesis';
import type { Runtime } from '../runtime.ts';
import { factsOfShard, type ShardFacts } from './lineage.ts';
import type { KinesisReader } from './options.ts';
import type { Pause } from './pause.ts';
import { readErrorOf } from './read-error.ts';
import type { Sight } from './sight.ts';

/** Resharding shows at the parent's end; this is for what else may change. */
const RELIST_INTERVAL_MS = 30_000;

export interface DiscoverySource {
  readonly client: KinesisReader;
  readonly stream: { readonly StreamName: string } | { readonly StreamARN: string };
  readonly pollIntervalMs: number;
  readonly runtime: Pick<Runtime, 'random'>;
  readonly signal: AbortSignal;
  readonly pause: Pause;
  readonly sight: Sight;
  readonly found: (shards: readonly ShardFacts[]) => void;
  readonly failed: (message: string) => void;
}

/** Lists the shards until the signal aborts: now, from time to time, and when the answered function asks for it. */
export function discoverShards(source: DiscoverySource): () => void {
  const { pollIntervalMs, runtime, signal, pause, sight } = source;
  let isAsked = false;
  let wake: (() => void) | undefined;

  async function run(): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      if (sight.isHidden()) {
        await sight.seen(signal);
        continue;
      }
      isAsked = false;
      try {
        source.found(await listShards(source));
        failures = 0;
      } catch (thrown) {
        if (signal.aborted) return;
        source.failed(readErrorOf(thrown).text);
        failures++;
      }
      if (failures > 0) {
        const delayMs = Math.min(RELIST_INTERVAL_MS, pollIntervalMs * 2 ** failures);
        await pause(delayMs * (0.5 + runtime.random() / 2));
      } else if (!isAsked) {
        await pause(RELIST_INTERVAL_MS, (waker) => {
          wake = waker;
        });
      }
    }
  }

  void run();
  return () => {
    // A list under way may have been answered before what the asker knows: it is read once more.
    isAsked = true;
    wake?.();
  };
}

/** All pages, or nothing: a child on one page must not be read before its parent on the next. */
async function listShards({ client, stream, signal }: DiscoverySource): Promise<ShardFacts[]> {
  const shards: ShardFacts[] = [];
  for (let request: ListShardsCommandInput = stream; ; ) {
    const page = await client.send(new ListShardsCommand(request), { abortSignal: signal });
    shards.push(...(page.Shards ?? []).map(factsOfShard));
    if (!page.NextToken) return shards;
    // The service refuses a stream's name beside the token that stands for it.
    request = { NextToken: page.NextToken };
  }
}
