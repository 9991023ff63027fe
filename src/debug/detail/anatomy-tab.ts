/** What is around the record: the aggregate that it came in, and how it was told from plain data. */

import { html, nothing, type TemplateResult } from 'lit';
import type { ShardState } from '../../consumer/types.ts';
import { isObject } from '../../protocol/parsed.ts';
import type { Md5 } from '../../protocol/partition-key.ts';
import { formatBytes, formatCount, formatPlural } from '../format.ts';
import type { RecordRow } from '../reading/rows.ts';
import { type Anatomy, readAnatomy } from './anatomy.ts';
import { parseExact } from './payload.ts';

/** Lines of a table that are shown at once. */
const PAGE_LINES = 25;

/** Longer records are not read for their names. */
const MAX_NAMED_BYTES = 16_384;

export interface AnatomyTab {
  readonly render: (row: RecordRow, shards: readonly ShardState[]) => TemplateResult;
  readonly reset: () => void;
}

/** @param openSub opens another record of the same aggregate */
export function createAnatomyTab(
  md5: Md5,
  change: (action: () => void) => void,
  openSub: (row: RecordRow, subSequenceNumber: number) => void,
): AnatomyTab {
  let shown = PAGE_LINES;

  const renderRecords = (row: RecordRow, { records }: Anatomy): TemplateResult => {
    const lines = records.slice(0, shown).map(({ partitionKey, data }, index) => [
      html`<button aria-label="Open record ${index + 1}" @click=${() => openSub(row, index)}>
        ${index + 1}
      </button>`,
      nameOf(data),
      partitionKey,
      formatBytes(data.length),
    ]);
    const more = (): void =>
      change(() => {
        shown += PAGE_LINES;
      });
    const rest = records.length - lines.length;
    return html`<h4>Records</h4>
      ${renderTable(['#', 'What', 'Key', 'Size'], lines, row.record.subSequenceNumber)}
      ${rest > 0 ? html`<button @click=${more}>${formatPlural(rest, 'more record')}</button>` : nothing}`;
  };

  return {
    render: (row, shards) => {
      const { record } = row;
      const shard = shards.find(({ shardId }) => shardId === record.shardId);
      const anatomy = readAnatomy(record, shard?.hashKeys, md5);
      const isWhole = anatomy.records.length > 0;
      return html`${isWhole ? renderOuter(row, anatomy) : nothing}
        <h4>How it was decoded</h4>
        ${
          isWhole || record.aggregateCount === undefined
            ? renderTrail(anatomy)
            : html`<p class="muted">The aggregate itself is not in the file.</p>`
        }
        ${isWhole ? html`${renderKeys(row, anatomy)} ${renderRecords(row, anatomy)}` : nothing}`;
    },
    reset: () => {
      shown = PAGE_LINES;
    },
  };
}

function renderTrail({ trail }: Anatomy): TemplateResult {
  return html`<ol class="detail-trail">
    ${trail.map(({ ok, text }, at) => {
      const sign = at === trail.length - 1 ? '→' : ok ? '✓' : at === 0 ? '–' : '✕';
      // To have no magic is no fault: most producers write plain records.
      return html`<li ?data-no=${!ok && at > 0}>${sign} ${text}</li> `;
    })}
  </ol>`;
}

function renderOuter({ record }: RecordRow, anatomy: Anatomy): TemplateResult {
  const { bytes, contentBytes, records, units, unitsAlone } = anatomy;
  const frame = Math.round((1 - contentBytes / bytes) * 100);
  const saved = Math.round((1 - units / unitsAlone) * 100);
  const line = (label: string, value: unknown, note: unknown): TemplateResult =>
    html`<div><dt>${label}</dt><dd>
      <span><span class="number">${value}</span> <span class="muted">${note}</span></span>
    </dd></div>`;
  return html`<h4>Aggregate</h4>
    <dl class="detail-lines">
      ${line('Its own key', record.aggregate?.partitionKey, nothing)}
      ${line('Size', formatBytes(bytes), `${frame} % of it around the records`)}
      ${line('PUT units', formatCount(units), `in place of ${formatCount(unitsAlone)}: ${saved} % saved`)}
      ${line('Writes', 1, `in place of ${formatCount(records.length)}`)}
    </dl>`;
}

function renderKeys({ record }: RecordRow, { keys }: Anatomy): TemplateResult {
  const outside = keys.filter(({ isOutside }) => isOutside).length;
  const lines = keys
    .slice(0, PAGE_LINES)
    .map(({ partitionKey, explicitHashKey, records, isOutside }) => [
      partitionKey,
      explicitHashKey ?? '–',
      formatCount(records),
      isOutside === undefined ? '?' : isOutside ? '✕ no' : '✓ yes',
    ]);
  return html`<h4>Would the KCL drop it?</h4>
    <p class="detail-kcl" ?data-no=${record.kclDrops}>
      ${
        record.kclDrops
          ? `✕ Yes, all of it, without a word: ${formatCount(outside)} of ${formatPlural(keys.length, 'key')} outside of the shard.`
          : '✓ No: what it holds belongs to the shard.'
      }
    </p>
    ${renderTable(['Partition key', 'Explicit hash key', 'Records', 'In range'], lines)}
    ${
      keys.length > PAGE_LINES
        ? html`<p class="muted">and ${formatPlural(keys.length - PAGE_LINES, 'more key')}</p>`
        : nothing
    }`;
}

function renderTable(
  head: readonly string[],
  lines: readonly (readonly unknown[])[],
  current?: number,
): TemplateResult {
  return html`<table class="detail-table">
    <thead>
      <tr>
        ${head.map((name) => html`<th scope="col">${name}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${lines.map(
        (cells, index) => html`<tr aria-current=${index === current ? 'true' : nothing}>
          ${cells.map((cell) => html`<td>${cell}</td>`)}
        </tr>`,
      )}
    </tbody>
  </table>`;
}

function nameOf(data: Uint8Array): string {
  const event = data.length > MAX_NAMED_BYTES ? '' : parseExact(new TextDecoder().decode(data));
  return isObject(event) ? `${event.event ?? event.type ?? 'JSON'}` : 'data';
}
