/** Where the record's key leads. */

import { html, type TemplateResult } from 'lit';
import type { ShardState } from '../../consumer/types.ts';
import { renderShard } from '../frame/shard-badge.ts';
import type { RecordRow } from '../reading/rows.ts';
import { explainKey } from '../stream/explain-key.ts';
import { describeRange } from '../stream/shard-figures.ts';
import { createShardTree } from '../stream/shard-tree.ts';
import { type PickValue, renderValue } from './value.ts';

export interface KeyFacts {
  readonly row: RecordRow;
  readonly hashKey: bigint;
  readonly shards: readonly ShardState[];
  readonly hues: ReadonlyMap<string, number>;
  readonly pick: PickValue;
}

export function renderKey({ row, hashKey, shards, hues, pick }: KeyFacts): TemplateResult {
  const { partitionKey, shardId, aggregateCount } = row.record;
  const tree = createShardTree(shards);
  const { hex, shard, ancestors } = explainKey(partitionKey, tree, hashKey);
  const stored = tree.get(shardId);
  const line = (label: string, content: unknown): TemplateResult =>
    html`<div><dt>${label}</dt><dd><span>${content}</span></dd></div>`;
  return html`<dl class="detail-lines">
      ${line('Partition key', renderValue(pick, 'key', partitionKey))}
      ${line('Its MD5', html`<span class="number">${hex}</span>`)}
      ${line(
        'Written to',
        html`${renderShard(shardId, hues)} <span class="muted">${stored && describeRange(stored)}</span>`,
      )}
      ${line(
        'Today it goes to',
        shard
          ? html`${renderShard(shard.shardId, hues)}
              <span class="muted">${describeRange(shard)}${shard === stored ? ', as it did' : ''}</span>`
          : 'no open shard that is known',
      )}
      ${line(
        'Before that',
        ancestors.length > 0
          ? ancestors.map((one) => renderShard(one.shardId, hues))
          : 'to no other',
      )}
    </dl>
    ${
      aggregateCount === undefined
        ? ''
        : html`<p class="muted hint">It came in an aggregate, whose own key chose the shard: see Anatomy.</p>`
    }`;
}
