/** The shards as a table: the same figures as the map, and all of them. */

import { html, nothing, type TemplateResult } from 'lit';
import type { ShardState } from '../../consumer/types.ts';
import { formatBytes, formatCount, formatShard } from '../format.ts';
import { renderShard } from '../frame/shard-badge.ts';
import type { ReadRate } from './read-budget.ts';
import {
  describeRange,
  describeState,
  formatBehind,
  formatPercent,
  formatRate,
  type ShardFigures,
} from './shard-figures.ts';
import type { ShardTree } from './shard-tree.ts';

export interface TableFacts {
  readonly tree: ShardTree;
  readonly hues: ReadonlyMap<string, number>;
  readonly figures: (shardId: string) => ShardFigures;
  readonly readRate: (shardId: string) => ReadRate | undefined;
  readonly chosen: string | undefined;
  readonly onChoose: (shardId: string | undefined) => void;
}

const COLUMNS = [
  'Shard',
  'State',
  'Hash keys',
  'From',
  'Became',
  'Records/s',
  'Bytes/s',
  'Of its limit',
  'Behind',
  'Reads/s',
  'Records',
  'Last sequence',
];

export function renderTable(facts: TableFacts): TemplateResult {
  return html`<div class="body shard-scroll" tabindex="0" role="group" aria-label="Shards, scrollable">
    <table class="shard-table">
      <thead>
        <tr>${COLUMNS.map((name) => html`<th scope="col">${name}</th>`)}</tr>
      </thead>
      <tbody>${facts.tree.shards.map((shard) => renderRow(shard, facts))}</tbody>
    </table>
  </div>`;
}

function renderRow(shard: ShardState, facts: TableFacts): TemplateResult {
  const { shardId, parents, error, loss } = shard;
  const { recordsPerSecond, bytesPerSecond, load, behindMs } = facts.figures(shardId);
  const rate = facts.readRate(shardId);
  const list = (ids: readonly string[]): string => ids.map(formatShard).join(', ') || '–';
  const problem = loss ?? error;
  return html`<tr data-status=${shard.status} ?data-chosen=${facts.chosen === shardId}>
      <th scope="row">
        <button class="shard-choose" aria-pressed=${facts.chosen === shardId} @click=${() => facts.onChoose(shardId)}>
          ${renderShard(shardId, facts.hues)}
        </button>
      </th>
      <td>${describeState(shard)}</td>
      <td>${describeRange(shard)}</td>
      <td>${list(parents)}</td>
      <td>${list(facts.tree.childrenOf(shardId))}</td>
      <td>${formatRate(recordsPerSecond)}</td>
      <td>${formatBytes(Math.round(bytesPerSecond))}</td>
      <td>${formatPercent(load)}${load >= 0.8 ? ' ⚠' : ''}</td>
      <td>${formatBehind(behindMs)}</td>
      <td>${rate ? rate.readsPerSecond.toFixed(1) : '–'}</td>
      <td>${formatCount(shard.records)}</td>
      <td title=${shard.lastSequenceNumber ?? nothing}>${shortSequence(shard.lastSequenceNumber)}</td>
    </tr>
    ${problem ? html`<tr class="shard-problem"><td colspan=${COLUMNS.length}>${loss ? '✕' : '⚠'} ${formatShard(shardId)}: ${problem}</td></tr>` : nothing}`;
}

/** `4959…8898`: its ends are what differs. */
export function shortSequence(sequence: string | undefined): string {
  if (!sequence) return '–';
  return sequence.length > 12 ? `${sequence.slice(0, 4)}…${sequence.slice(-4)}` : sequence;
}
