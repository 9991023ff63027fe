/** Where the record's key leads, and how its shard came to be. */

import { html, nothing, type TemplateResult } from 'lit';
import type { ShardState } from '../../consumer/types.ts';
import { isInRange } from '../../protocol/partition-key.ts';
import { renderShard } from '../frame/shard-badge.ts';
import { placeOf, pointOf } from '../reading/hash-space.ts';
import type { RecordRow } from '../reading/rows.ts';
import { type Pick, renderValue } from './value.ts';

export interface KeyFacts {
  readonly row: RecordRow;
  readonly hashKey: bigint;
  readonly shards: readonly ShardState[];
  readonly hues: ReadonlyMap<string, number>;
  readonly pick: Pick;
}

export function renderKey({ row, hashKey, shards, hues, pick }: KeyFacts): TemplateResult {
  const { partitionKey, shardId } = row.record;
  const stored = shards.find((shard) => shard.shardId === shardId);
  const open = shards.find(
    (shard) => shard.status !== 'closed' && isInRange(hashKey, shard.hashKeys),
  );
  const parents = ancestorsOf(stored, shards);
  return html`<dl class="detail-lines">
      <div><dt>Partition key</dt><dd>${renderValue(pick, 'key', partitionKey)}</dd></div>
      <div><dt>Its MD5</dt><dd class="number">${hashKey.toString(16).padStart(32, '0')}</dd></div>
      <div><dt>Written to</dt><dd>
        ${renderShard(shardId, hues)} <span class="number muted">${stored ? rangeOf(stored) : shardId}</span>
      </dd></div>
      <div><dt>Parents</dt><dd>
        ${parents.length > 0 ? parents.map((id) => html`${renderShard(id, hues)} `) : html`<span class="muted">none known</span>`}
      </dd></div>
      <div><dt>Today it falls into</dt><dd>
        ${
          open
            ? html`${renderShard(open.shardId, hues)}
                <span class="muted">${open.shardId === shardId ? 'as it did' : 'it was written elsewhere'}</span>`
            : 'no open shard that is known'
        }
      </dd></div>
    </dl>
    ${stored ? renderSpace(hashKey, stored, hues) : nothing}
    ${
      row.record.aggregateCount === undefined
        ? nothing
        : html`<p class="muted hint">It came in an aggregate, whose own key chose the shard: see Anatomy.</p>`
    }`;
}

/** Parents before their own parents. */
function ancestorsOf(
  shard: ShardState | undefined,
  shards: readonly ShardState[],
): readonly string[] {
  const found = new Set(shard?.parents);
  // A set goes on with what is added to it meanwhile.
  for (const id of found) {
    for (const parent of shards.find(({ shardId }) => shardId === id)?.parents ?? [])
      found.add(parent);
  }
  return [...found];
}

function renderSpace(
  hashKey: bigint,
  shard: ShardState,
  hues: ReadonlyMap<string, number>,
): TemplateResult {
  const { start, length } = placeOf(shard.hashKeys);
  const hue = hues.get(shard.shardId) ?? 7;
  return html`<div class="detail-space" aria-hidden="true">
      <span style="--hue: var(--hue-${hue}); inset-inline-start: ${start * 100}%; inline-size: ${length * 100}%"></span>
      <i style="inset-inline-start: ${pointOf(hashKey) * 100}%"></i>
    </div>
    <p class="detail-ends number muted" aria-hidden="true"><span>0…</span><span>…f</span></p>`;
}

function rangeOf({ hashKeys }: ShardState): string {
  const head = (key: bigint): string => key.toString(16).padStart(32, '0').slice(0, 4);
  return `${head(hashKeys.start)}… – ${head(hashKeys.end)}…`;
}
