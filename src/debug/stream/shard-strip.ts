/** The chosen shard: its figures, and what can be done with it. */

import { html, nothing, type TemplateResult } from 'lit';
import type { ShardState } from '../../consumer/types.ts';
import { formatBytes, formatShard } from '../format.ts';
import { renderShard } from '../frame/shard-badge.ts';
import type { ReshardingTask } from './resharding-task.ts';
import {
  describeRange,
  describeState,
  formatBehind,
  formatPercent,
  formatRate,
  type ShardFigures,
} from './shard-figures.ts';
import { shortSequence } from './shard-table.ts';
import { neighbourOf, type ShardTree } from './shard-tree.ts';

export interface StripFacts {
  readonly shard: ShardState;
  readonly tree: ShardTree;
  readonly hues: ReadonlyMap<string, number>;
  readonly figures: ShardFigures;
  readonly onFilter: (withAncestors: boolean) => void;
  /** Absent where the reading can not be begun anew. */
  readonly onReadOnly: (() => void) | undefined;
  /** Only of a stream of one's own machine. */
  readonly task: ReshardingTask | undefined;
  readonly onClose: () => void;
}

export function renderStrip(facts: StripFacts): TemplateResult {
  const { shard, tree, hues, figures, task } = facts;
  const ancestors = tree.ancestorsOf(shard.shardId);
  const problem = shard.loss ?? shard.error;
  return html`<section class="shard-strip" aria-label="Shard ${formatShard(shard.shardId)}">
    <p class="shard-line">
      ${renderShard(shard.shardId, hues)} <span>${describeState(shard)}</span>
      <button class="shard-leave" aria-label="Close shard ${formatShard(shard.shardId)}" @click=${facts.onClose}>×</button>
    </p>
    <p class="shard-facts number muted">
      <span>${describeRange(shard)}</span>
      <span>${formatRate(figures.recordsPerSecond)}/s</span>
      <span>${formatBytes(Math.round(figures.bytesPerSecond))}/s</span>
      <span title="Of 1,000 records and 1 MB a second">${formatPercent(figures.load)} full</span>
      <span>${formatBehind(figures.behindMs)} behind</span>
      <span title=${shard.lastSequenceNumber ?? nothing}>at ${shortSequence(shard.lastSequenceNumber)}</span>
    </p>
    ${problem ? html`<p class="shard-error">${shard.loss ? '✕' : '⚠'} ${problem}</p>` : nothing}
    <p class="shard-acts">
      <button @click=${() => facts.onFilter(false)}>Filter</button>
      ${ancestors.length > 0 ? html`<button @click=${() => facts.onFilter(true)}>+ ${ancestors.length === 1 ? 'ancestor' : `${ancestors.length} ancestors`}</button>` : nothing}
      ${facts.onReadOnly && tree.isOpen(shard) ? html`<button @click=${facts.onReadOnly}>Read only this</button>` : nothing}
      ${task && tree.isOpen(shard) ? renderControl(shard, tree, task) : nothing}
    </p>
  </section>`;
}

function renderControl(
  { shardId, hashKeys }: ShardState,
  tree: ShardTree,
  { isBusy, split, merge }: ReshardingTask,
): TemplateResult {
  const next = neighbourOf(hashKeys, tree);
  return html`<button ?disabled=${isBusy()} @click=${() => split(shardId)}>Split</button>
    ${next ? html`<button ?disabled=${isBusy()} @click=${() => merge([shardId, next.shardId])}>Merge with ${formatShard(next.shardId)}</button>` : nothing}`;
}
