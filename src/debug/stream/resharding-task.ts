/** One split or merge that a person asked for, on a stream of their own machine: under way, done or refused. */

import { formatShard } from '../format.ts';
import type { StreamControl } from '../types.ts';

export interface ReshardingTask {
  readonly split: (shardId: string) => void;
  readonly merge: (shardIds: readonly [string, string]) => void;
  readonly isBusy: () => boolean;
  /** For people; `undefined` where nothing was asked for. */
  readonly news: () => { readonly text: string; readonly isProblem: boolean } | undefined;
  readonly reset: () => void;
}

export function createReshardingTask(
  control: () => StreamControl | undefined,
  onChange: () => void,
): ReshardingTask {
  let busy = false;
  let news: ReturnType<ReshardingTask['news']>;

  async function run(what: string, call: (control: StreamControl) => Promise<void>): Promise<void> {
    const given = control();
    if (busy || !given) return;
    busy = true;
    news = { text: `${what}: asked for …`, isProblem: false };
    onChange();
    try {
      await call(given);
      news = {
        text: `${what}: done, the map shows it once the stream's list does`,
        isProblem: false,
      };
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      news = { text: `${what}: refused. ${reason}`, isProblem: true };
    }
    busy = false;
    onChange();
  }

  return {
    split: (shardId) => void run(`Split ${formatShard(shardId)}`, ({ split }) => split(shardId)),
    merge: (shardIds) => {
      const what = `Merge ${shardIds.map(formatShard).join(' and ')}`;
      void run(what, ({ merge }) => merge(shardIds));
    },
    isBusy: () => busy,
    news: () => news,
    reset: () => {
      news = undefined;
    },
  };
}
