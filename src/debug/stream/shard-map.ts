/** The shards in the plane of time and hash keys: what came of what, how busy it is, and where keys lie. */

import { html, nothing, type TemplateResult } from 'lit';
import { formatShard, formatTime } from '../format.ts';
import { renderShard } from '../frame/shard-badge.ts';
import type { RateSeries } from '../reading/rates.ts';
import type { Resharding } from './resharding-log.ts';
import { gradientOf, shadeOf } from './shade.ts';
import {
  describeRange,
  describeState,
  formatPercent,
  formatRate,
  type ShardFigures,
} from './shard-figures.ts';
import { PLANE_MS, type Plane, type PlaneShard } from './shard-plane.ts';
import type { ShardTree } from './shard-tree.ts';

/** A key that is drawn as a tick at the lower edge. */
export interface KeyTick {
  readonly key: string;
  readonly share: number;
  /** 0 to 1. */
  readonly point: number;
}

export interface MapFacts {
  readonly plane: Plane;
  readonly tree: ShardTree;
  readonly hues: ReadonlyMap<string, number>;
  readonly series: RateSeries;
  readonly figures: (shardId: string) => ShardFigures;
  readonly chosen: string | undefined;
  /** Where the explained key lies, 0 to 1. */
  readonly point: number | undefined;
  readonly ticks: readonly KeyTick[];
  readonly resharding: Resharding | undefined;
  /** A whole second: what is drawn changes no more often by itself. */
  readonly now: number;
  readonly onChoose: (shardId: string | undefined) => void;
  readonly onFilter: (shardId: string, withAncestors: boolean) => void;
  readonly onKey: (event: KeyboardEvent) => void;
}

export function renderMap(facts: MapFacts): TemplateResult {
  const { plane, chosen, point, ticks, resharding, now, tree } = facts;
  const newborn =
    resharding && now - resharding.at < PLANE_MS
      ? plane.shards.find(({ shard }) => shard.shardId === resharding.children[0])
      : undefined;
  return html`<div class="map">
    <div class="map-plane">
      <div
        class="map-shards"
        role="listbox"
        tabindex="0"
        aria-label="Shards in the plane of hash keys and time. Arrows move, Enter filters, Shift+Enter with ancestors"
        aria-activedescendant=${chosen !== undefined && tree.get(chosen) ? `map-${chosen}` : nothing}
        @keydown=${facts.onKey}
      >
        ${plane.shards.map((one) => renderRectangle(one, facts))}
      </div>
      <div class="map-over" aria-hidden="true">
        ${
          plane.historyShare > 0
            ? html`<span class="map-time" data-at="−2 min" style="inset-block-start:${cent(plane.historyShare)}"></span>`
            : nothing
        }
        ${
          !newborn || !resharding
            ? nothing
            : html`<span class="map-time map-born" data-at=${formatTime(resharding.at).slice(0, 8)} style="inset-block-start:${cent(newborn.top)}"></span>`
        }
        ${ticks.map(({ share, point }) => html`<i class="map-tick" style="inset-inline-start:${cent(point)};block-size:${3 + 5 * share}px"></i>`)}
        ${point === undefined ? nothing : html`<i class="map-key" style="inset-inline-start:${cent(point)}"></i>`}
      </div>
    </div>
    <p class="map-axis number" aria-hidden="true"><span>0</span><span>hash keys</span><span>2¹²⁸</span></p>
  </div>`;
}

function renderRectangle(one: PlaneShard, facts: MapFacts): TemplateResult {
  const { shard, left, width, top, bottom } = one;
  const { shardId } = shard;
  const { tree, hues, plane, series, now } = facts;
  const figures = facts.figures(shardId);
  const shading = shadeOf(one, plane, series, now);
  const isOpen = tree.isOpen(shard);
  const rate =
    isOpen && shard.status !== 'skipped'
      ? `${formatRate(figures.recordsPerSecond)}/s${figures.load >= 0.8 ? ' !' : ''}`
      : '';
  const place = `inset-inline-start:${cent(left)};inline-size:${cent(width)};inset-block-start:${cent(top)};block-size:${cent(bottom - top)}`;
  return html`<div
    class="map-shard"
    id="map-${shardId}"
    role="option"
    aria-selected=${facts.chosen === shardId}
    aria-label=${labelOf(one, facts, rate, shading.throttled.length > 0)}
    data-status=${shard.status}
    ?data-ended=${!isOpen}
    style="${place};--hue:var(--hue-${hues.get(shardId) ?? 7})"
    @click=${(event: MouseEvent) => {
      facts.onChoose(shardId);
      facts.onFilter(shardId, event.shiftKey);
    }}
  >
    <span class="map-shade" style="background-image:${gradientOf(shading) ?? 'none'}"></span>
    ${shading.throttled.map(({ from, to }) => html`<span class="map-throttled" style="inset-block:${from}% ${100 - to}%"></span>`)}
    <span class="map-label"
      >${renderShard(shardId, hues)} ${rate ? html`<span class="map-rate number">${rate}</span>` : nothing}</span
    >
  </div>`;
}

/** Begins with what stands on it. */
function labelOf(
  { shard }: PlaneShard,
  { tree, figures }: MapFacts,
  rate: string,
  isThrottled: boolean,
): string {
  const named = (verb: string, ids: readonly string[]): string | false =>
    ids.length > 0 && `${verb} ${ids.map(formatShard).join(' and ')}`;
  return [
    `Shard ${formatShard(shard.shardId)} ${rate}`.trim(),
    describeState(shard).slice(2),
    `hash keys ${describeRange(shard)}`,
    named('from', shard.parents),
    named('became', tree.childrenOf(shard.shardId)),
    rate && `${formatPercent(figures(shard.shardId).load)} of what it takes`,
    isThrottled && 'reads throttled lately',
  ]
    .filter(Boolean)
    .join(', ');
}

function cent(part: number): string {
  return `${Math.round(part * 10_000) / 100}%`;
}
