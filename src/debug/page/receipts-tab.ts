import { html, nothing, type TemplateResult } from 'lit';
import type { Receipt } from '../../protocol/receipt.ts';
import { formatDuration, formatLane, formatReason, formatRun } from '../format.ts';
import { renderShard } from '../frame/shard-badge.ts';
import type { Delivery } from './deliveries.ts';
import type { QueueFacts } from './queue-facts.ts';
import { formatClock } from './standing.ts';

/** The relay's last words on what this tab sent. */
export function renderReceiptsTab({ stats, deliveries, hues }: QueueFacts): TemplateResult {
  const receipts = deliveries.receipts();
  const own = stats.leader ? '' : 'Another tab sends for all: receipts come to that one.';
  if (receipts.length === 0) {
    return html`<p class="empty">${own || 'No receipt since this view was opened.'}</p>`;
  }
  return html`${own ? html`<p class="muted">${own}</p>` : nothing}
    <table class="queue-table">
      <caption class="unseen">
        Receipts, the newest first
      </caption>
      <thead>
        <tr>
          <th scope="col">At</th>
          <th scope="col">Events</th>
          <th scope="col">Receipt</th>
          <th scope="col">Took</th>
        </tr>
      </thead>
      <tbody>
        ${receipts.map((delivery) => renderDelivery(delivery, hues))}
      </tbody>
    </table>`;
}

function renderDelivery(
  { receipt, at, tookMs, attempt }: Delivery,
  hues: ReadonlyMap<string, number>,
): TemplateResult {
  return html`<tr>
    <td class="number">${formatClock(at)}</td>
    <td class="number" title=${receipt.lane}>${formatLane(receipt.lane)}·${formatRun(receipt)}</td>
    <td data-status=${receipt.status}>${renderStatus(receipt, hues)}</td>
    <td class="number">
      ${tookMs === undefined ? '–' : formatDuration(tookMs)}
      ${attempt && attempt > 1 ? html`<span class="muted">try ${attempt}</span>` : nothing}
    </td>
  </tr>`;
}

function renderStatus(receipt: Receipt, hues: ReadonlyMap<string, number>): unknown {
  if (receipt.status === 'stored') {
    const { shard, sequence } = receipt;
    return html`stored ${renderShard(shard, hues)}
      <span class="number" title=${sequence}>…${sequence.slice(-8)}</span>`;
  }
  if (receipt.status === 'rejected') {
    return html`<strong>✕ rejected</strong> <span title=${receipt.reason}>${formatReason(receipt.code)}</span>`;
  }
  const unknown = receipt.unknown ? ', may be stored: then there will be two' : '';
  return html`<strong>↻ again</strong> in ${formatDuration(receipt.after)}${unknown}`;
}
