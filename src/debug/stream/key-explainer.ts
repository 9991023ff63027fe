/** "Where does this key lie?": typed, or of the open record. */

import { html, nothing, type TemplateResult } from 'lit';
import { renderShard } from '../frame/shard-badge.ts';
import type { KeyPlace } from './explain-key.ts';
import { describeRange } from './shard-figures.ts';

export interface KeyFacts {
  readonly typed: string;
  /** Of what was typed, or of the open record. */
  readonly place: KeyPlace | undefined;
  readonly hues: ReadonlyMap<string, number>;
  readonly onType: (key: string) => void;
  readonly onFilter: (key: string) => void;
  /** Absent where the reading can not be begun anew. */
  readonly onReadOnly: ((place: KeyPlace) => void) | undefined;
}

export function renderKeyExplainer(facts: KeyFacts): TemplateResult {
  const { place } = facts;
  return html`<section class="key-explainer" aria-label="Where a partition key lies">
    <label class="key-ask"
      >Key
      <input
        class="key-input"
        type="text"
        maxlength="256"
        autocomplete="off"
        spellcheck="false"
        placeholder="where does it lie?"
        .value=${facts.typed}
        @input=${(event: Event) => facts.onType((event.target as HTMLInputElement).value)}
    /></label>
    ${place ? renderPlace(place, facts) : nothing}
  </section>`;
}

function renderPlace(place: KeyPlace, { hues, onFilter, onReadOnly }: KeyFacts): TemplateResult {
  const { key, hex, shard, ancestors } = place;
  return html`<p class="key-way number">
      <span class="key-name">${key}</span> → MD5 <code class="key-hash">${hex}</code> →
      ${shard ? html`${renderShard(shard.shardId, hues)} ${describeRange(shard)}` : 'no open shard known'}
    </p>
    ${
      ancestors.length > 0
        ? html`<p class="key-way muted">before in ${ancestors.map((one) => renderShard(one.shardId, hues))}</p>`
        : nothing
    }
    <p class="shard-acts">
      <button @click=${() => onFilter(key)}>Filter key</button>
      ${onReadOnly && shard ? html`<button @click=${() => onReadOnly(place)}>Read only its shard</button>` : nothing}
    </p>`;
}
