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
    const decoder = new TextDecoder();
    return html`<h4>Records</h4>
      <table class="detail-table">
        <thead>
          <tr><th>#</th><th>Key</th><th>What</th><th>Size</th></tr>
        </thead>
        <tbody>
          ${records.slice(0, shown).map(
            ({ partitionKey, data }, index) => html`<tr
              aria-current=${index === row.record.subSequenceNumber ? 'true' : nothing}
            >
              <td><button aria-label="Open record ${index + 1}" @click=${() => openSub(row, index)}>${index + 1}</button></td>
              <td class="number">${partitionKey}</td>
              <td>${data.length > MAX_NAMED_BYTES ? '' : nameOf(decoder.decode(data))}</td>
              <td class="number">${formatBytes(data.length)}</td>
            </tr>`,
          )}
        </tbody>
      </table>
      ${
        records.length > shown
          ? html`<button
              @click=${() =>
                change(() => {
                  shown += PAGE_LINES;
                })}
            >
              ${formatPlural(records.length - shown, 'more record')}
            </button>`
          : nothing
      }`;
  };

  return {
    render: (row, shards) => {
      const { record } = row;
      const shard = shards.find(({ shardId }) => shardId === record.shardId);
      const anatomy = readAnatomy(record, shard?.hashKeys, md5);
      return html`${renderTrail(anatomy)}
        ${
          anatomy.records.length > 0
            ? html`${renderOuter(row, anatomy)} ${renderKeys(row, anatomy)} ${renderRecords(row, anatomy)}`
            : nothing
        }
        ${
          record.aggregateCount !== undefined && anatomy.records.length === 0
            ? html`<p class="muted">The aggregate itself is not here, as in a file that was opened.</p>`
            : nothing
        }`;
    },
    reset: () => {
      shown = PAGE_LINES;
    },
  };
}

function renderTrail({ trail }: Anatomy): TemplateResult {
  return html`<h4>How it was decoded</h4>
    <ol class="detail-trail">
      ${trail.map(({ ok, text }, at) => html`<li ?data-no=${!ok}>${at === trail.length - 1 ? '→' : ok ? '✓' : '✕'} ${text}</li>`)}
    </ol>`;
}

function renderOuter({ record }: RecordRow, anatomy: Anatomy): TemplateResult {
  const { bytes, contentBytes, records, units, unitsAlone } = anatomy;
  const frame = bytes - contentBytes;
  return html`<h4>Aggregate</h4>
    <dl class="detail-lines">
      <div><dt>Its own key</dt><dd class="number">${record.aggregate?.partitionKey}</dd></div>
      <div><dt>Size</dt><dd>
        <span class="number">${formatBytes(bytes)}</span>
        <span class="muted">${formatBytes(frame)} of it around the records, ${Math.round((frame / bytes) * 100)} %</span>
      </dd></div>
      <div><dt>PUT payload units</dt><dd>
        <span class="number">${formatCount(units)}</span>
        <span class="muted">in place of ${formatCount(unitsAlone)}: ${formatSaved(units, unitsAlone)}</span>
      </dd></div>
      <div><dt>Of 1,000 writes/s</dt><dd>
        <span class="number">1</span> <span class="muted">in place of ${formatCount(records.length)}</span>
      </dd></div>
    </dl>`;
}

function renderKeys({ record }: RecordRow, { keys }: Anatomy): TemplateResult {
  const outside = keys.filter(({ isOutside }) => isOutside).length;
  const isExplicit = keys.some(({ explicitHashKey }) => explicitHashKey !== undefined);
  return html`<h4>Would the KCL drop this?</h4>
    <p class="detail-kcl" ?data-no=${record.kclDrops}>
      ${
        record.kclDrops
          ? `✕ Yes, all of it and without a word: ${outside} of ${formatPlural(keys.length, 'key')} outside the shard’s range. This view keeps it.`
          : `✓ No: ${keys.length === 1 ? 'its key lies' : 'its keys lie'} in the shard’s range.`
      }
    </p>
    <table class="detail-table">
      <thead>
        <tr>
          <th>Partition key</th>
          ${isExplicit ? html`<th>Explicit hash key</th>` : nothing}
          <th>Records</th>
          <th>In range</th>
        </tr>
      </thead>
      <tbody>
        ${keys.slice(0, PAGE_LINES).map(
          ({ partitionKey, explicitHashKey, records, isOutside }) => html`<tr>
            <td class="number">${partitionKey}</td>
            ${isExplicit ? html`<td class="number">${explicitHashKey ?? '–'}</td>` : nothing}
            <td class="number">${formatCount(records)}</td>
            <td>${isOutside === undefined ? '?' : isOutside ? '✕ no' : '✓ yes'}</td>
          </tr>`,
        )}
      </tbody>
    </table>
    ${keys.length > PAGE_LINES ? html`<p class="muted">and ${formatPlural(keys.length - PAGE_LINES, 'more key')}</p>` : nothing}`;
}

function formatSaved(units: number, unitsAlone: number): string {
  const saved = Math.round((1 - units / unitsAlone) * 100);
  return saved > 0 ? `${saved} % less to pay for` : 'nothing saved';
}

function nameOf(text: string): string {
  const event = parseExact(text);
  return isObject(event) ? String(event.event ?? event.type ?? 'JSON') : 'data';
}
