import { type CSSResult, css, html, nothing, type TemplateResult } from 'lit';
import type { ShardState, ShardStatus } from '../../consumer/types.ts';
import { formatAge, formatBytes, formatCount, formatPlural, formatShard } from '../format.ts';
import { behindOf } from '../frame/live-state.ts';
import { renderPanel } from '../frame/panel.ts';
import { renderShard } from '../frame/shard-badge.ts';
import { generationOf, placeOf, pointOf } from '../reading/hash-space.ts';
import type { Part, ViewHost } from '../types.ts';

interface ShardsFacts {
  readonly shards: readonly ShardState[];
  readonly hues: ReadonlyMap<string, number>;
  readonly perSecond: (shardId: string) => number;
  /** Where the open record's key lies, 0 to 1. */
  readonly point: number | undefined;
  readonly now: number;
}

const WORDS: Record<ShardStatus, string> = {
  waiting: 'waits for its parent',
  elsewhere: 'read elsewhere',
  reading: 'reading',
  live: 'live',
  closed: 'closed',
  failed: 'reads fail',
  skipped: 'not read',
};

/** Seconds over which a shard's rate is taken: long enough to be read, short enough to be "now". */
const RATE_OVER_SECONDS = 5;

/** The shards of the stream: where they lie, and how each is read. */
export function createShardsPart(host: ViewHost): Part {
  return {
    render: ({ shards, hues, opened, now }) => {
      const { rates } = host.session().model;
      return renderShards({
        shards,
        hues,
        perSecond: (shardId) => rates.perSecond(shardId, now, RATE_OVER_SECONDS),
        point: opened?.hashKey === undefined ? undefined : pointOf(opened.hashKey),
        now,
      });
    },
  };
}

function renderShards(facts: ShardsFacts): TemplateResult {
  const { shards } = facts;
  const open = shards.filter(({ status }) => status !== 'closed').length;
  const aside = shards.length > 0 ? formatPlural(open, 'open shard') : nothing;
  const body =
    shards.length === 0
      ? html`<p class="empty">The shards appear here once the stream is read.</p>`
      : html`<div class="body" tabindex="0" role="group" aria-label="Shards, scrollable">
          <p class="axis number" aria-hidden="true"><span>0</span><span>hash keys</span><span>2¹²⁸</span></p>
          <ul>
            ${shards.map((shard) => renderItem(shard, facts))}
          </ul>
        </div>`;
  return renderPanel('shards', 'Shards', aside, body);
}

function renderItem(shard: ShardState, facts: ShardsFacts): TemplateResult {
  const { start, length } = placeOf(shard.hashKeys);
  const generation = Math.min(6, generationOf(shard, facts.shards));
  const behind = shard.status === 'closed' ? undefined : behindOf(shard, facts.now);
  const rate = facts.perSecond(shard.shardId);
  const parents = shard.parents.map(formatShard).join(' + ');
  const range = `${(start * 100).toFixed(1)} % to ${((start + length) * 100).toFixed(1)} % of the hash keys`;
  return html`<li data-status=${shard.status}>
    <div class="head" style="padding-inline-start: ${generation * 12}px">
      ${generation > 0 ? html`<span class="muted" aria-hidden="true">└</span>` : nothing}
      ${renderShard(shard.shardId, facts.hues)}
      <span class="status">${WORDS[shard.status]}</span>
      ${parents ? html`<span class="muted">from ${parents}</span>` : nothing}
      <span class="rate number">${rate < 10 ? rate.toFixed(1) : formatCount(Math.round(rate))}/s</span>
    </div>
    <div class="track" role="img" aria-label=${range}>
      <span
        style="inset-inline-start: ${start * 100}%; inline-size: ${length * 100}%; --hue: var(--hue-${
          facts.hues.get(shard.shardId) ?? 7
        })"
      ></span>
      ${
        facts.point === undefined
          ? nothing
          : html`<i
            style="inset-inline-start: ${facts.point * 100}%"
            ?data-inside=${facts.point >= start && facts.point < start + length}
          ></i>`
      }
    </div>
    <p class="figures number muted">
      <span>${formatCount(shard.records)} records</span><span>${formatBytes(shard.bytes)}</span>
      <span class="behind">${behind === undefined ? '' : `${formatAge(behind)} behind`}</span>
    </p>
    ${shard.error ? html`<p class="error">${shard.error}</p>` : nothing}
    ${shard.loss ? html`<p class="error">${shard.loss}</p>` : nothing}
  </li>`;
}

export const shardsStyles: CSSResult = css`
  .shards .body {
    padding-block-start: 6px;
  }
  .axis {
    display: flex;
    justify-content: space-between;
    color: var(--muted);
    font-size: 10.5px;
  }
  .shards li {
    padding-block: 6px 5px;
  }
  .shards li + li {
    border-block-start: 1px solid var(--line);
  }
  .shards .head {
    display: flex;
    align-items: center;
    gap: 6px;
    min-inline-size: 0;
    font-size: 12px;
    white-space: nowrap;
  }
  .rate {
    margin-inline-start: auto;
    font-weight: 600;
  }
  .track {
    position: relative;
    block-size: 8px;
    margin-block: 5px 4px;
    border-radius: 4px;
    background: var(--background);
  }
  .track span {
    position: absolute;
    inset-block: 0;
    min-inline-size: 2px;
    border-radius: 3px;
    background: var(--hue);
    box-shadow: inset 0 0 0 1px color-mix(in srgb, var(--hue), var(--text) 35%);
    forced-color-adjust: none;
  }
  .track i {
    position: absolute;
    inset-block: -4px;
    inline-size: 2px;
    margin-inline-start: -1px;
    background: var(--muted);
    opacity: 0.45;
  }
  .track i[data-inside] {
    background: var(--text);
    opacity: 1;
  }
  .figures {
    display: flex;
    flex-wrap: wrap;
    gap: 0 12px;
    font-size: 11px;
  }
  .behind {
    margin-inline-start: auto;
  }
  /* Wide and low: a line for each shard, the bars still under each other. */
  @container rivulet (min-width: 640px) and (max-width: 1079px) {
    .axis {
      margin-inline: 182px 262px;
    }
    .shards li {
      display: grid;
      grid-template-columns: 170px minmax(0, 1fr) 250px;
      align-items: center;
      gap: 0 12px;
      padding-block: 4px;
    }
    .shards .head {
      overflow: hidden;
    }
    .track {
      margin-block: 0;
    }
    .figures {
      flex-wrap: nowrap;
      white-space: nowrap;
    }
    .error {
      grid-column: 1 / -1;
    }
  }
  [data-status='closed'] .track span {
    opacity: 0.4;
  }
  [data-status='closed'] .status,
  [data-status='waiting'] .status {
    color: var(--muted);
  }
  [data-status='failed'] .status,
  .error {
    color: var(--lost);
  }
  .error {
    font-size: 11.5px;
    overflow-wrap: anywhere;
  }
`;
