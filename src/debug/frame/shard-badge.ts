import { html, type TemplateResult } from 'lit';
import { formatShard } from '../format.ts';

/** A shard's number on its colour: the number is what tells, the colour is what helps. */
export function renderShard(shardId: string, hues: ReadonlyMap<string, number>): TemplateResult {
  const hue = hues.get(shardId) ?? 7;
  return html`<span class="shard" data-hue=${hue} style="--hue: var(--hue-${hue})"
    ><span class="unseen">Shard </span>${formatShard(shardId)}</span
  >`;
}
