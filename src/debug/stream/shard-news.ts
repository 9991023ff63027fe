/** What stands beside the map: what has just happened, what is read of the stream, and what reading takes. */

import { html, nothing, type TemplateResult } from 'lit';
import { SHARD_READ_CALLS_PER_SECOND } from '../../protocol/limits.ts';
import { formatBytes, formatPlural, formatShard, formatTime } from '../format.ts';
import { type ReadRate, shareOf } from './read-budget.ts';
import type { Resharding } from './resharding-log.ts';
import type { ReshardingTask } from './resharding-task.ts';
import { formatPercent } from './shard-figures.ts';
import type { KeyTick } from './shard-map.ts';
import { PLANE_MS } from './shard-plane.ts';
import type { ShardTree } from './shard-tree.ts';

type Drawn = TemplateResult | typeof nothing;

/** The last resharding, for as long as the map shows it to scale; and what became of what a person asked for. */
export function renderNews(
  news: Resharding | undefined,
  asked: ReturnType<ReshardingTask['news']>,
  tree: ShardTree,
  now: number,
): Drawn[] {
  const answer = asked
    ? html`<p class="shard-news" role="status" ?data-problem=${asked.isProblem}>${asked.isProblem ? '⚠ ' : ''}${asked.text}</p>`
    : nothing;
  if (!news || now - news.at > PLANE_MS) return [answer];
  const { parents, children, at } = news;
  const names = (ids: readonly string[]): string => ids.map(formatShard).join(' and ');
  const what = `${parents.length > 1 ? 'Merge' : 'Split'} of ${names(parents)} into ${names(children)}`;
  const waits = children.some((child) => tree.get(child)?.status === 'waiting');
  const text = `${what} at ${formatTime(at).slice(0, 8)}${waits ? `, read after the end of ${names(parents)}` : ''}`;
  return [html`<p class="shard-news" role="status">${text}</p>`, answer];
}

export function renderNarrowed({ shards }: ShardTree, onReadAll: (() => void) | undefined): Drawn {
  const read = shards.filter(({ status }) => status !== 'skipped').length;
  if (read === shards.length) return nothing;
  return html`<p class="shard-news">
    Reads ${read} of ${formatPlural(shards.length, 'shard')}.
    ${onReadAll ? html`<button @click=${onReadAll}>Read all</button>` : nothing}
  </p>`;
}

export function renderHotKeys(
  ticks: readonly KeyTick[],
  onFilter: (key: string, isExcluded: boolean) => void,
): Drawn {
  if (ticks.length === 0) return nothing;
  return html`<p class="shard-hot">
    Hottest keys
    ${ticks.slice(0, 3).map(
      ({ key, share }) => html`<button
        title="Click to filter, Alt+click to exclude"
        @click=${({ altKey }: MouseEvent) => onFilter(key, altKey)}
      ><span>${key}</span> ${formatPercent(share)}</button>`,
    )}
  </p>`;
}

/** Five reads and 2 MB a second of a shard are shared by everybody who reads it. */
export function renderBudget(rate: ReadRate | undefined): Drawn {
  if (!rate) return nothing;
  const share = Math.min(100, Math.round(shareOf(rate) * 100));
  const text = `reads ${rate.readsPerSecond.toFixed(1)} of ${SHARD_READ_CALLS_PER_SECOND}/s, ${formatBytes(Math.round(rate.bytesPerSecond))} of 2 MB/s`;
  return html`<div class="shard-budget">
    <p class="number">${text}<span class="muted"> of a shard, shared by all readers</span></p>
    <div
      class="shard-meter"
      role="meter"
      aria-label="Reads taken of what a shard gives"
      aria-valuenow=${share}
      aria-valuetext=${text}
    ><span style="inline-size:${share}%"></span></div>
  </div>`;
}
