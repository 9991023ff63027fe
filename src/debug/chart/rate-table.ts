/** The chart's figures as a table: for who cannot see it, and, once its buttons have the focus, for everybody. */

import { html, type TemplateResult } from 'lit';
import { formatCount, formatShard } from '../format.ts';
import type { RateSeries } from '../reading/rates.ts';
import type { ViewHost } from '../types.ts';
import { clockOf } from './brush.ts';

/** Short enough to be heard to its end. */
const PAGE_ROWS = 25;

export interface RateTable {
  readonly render: (series: RateSeries) => TemplateResult;
}

export function createRateTable(host: ViewHost): RateTable {
  let page = 0;
  /** While somebody reads it, its rows stay where they are. */
  let frozen: RateSeries | undefined;
  let isRead = false;

  return {
    render: (current) => {
      frozen = isRead ? (frozen ?? current) : undefined;
      const { seconds, byShard, throttledByShard } = frozen ?? current;
      const shards = [...byShard.keys()].sort();
      const last = Math.ceil(seconds.length / PAGE_ROWS) - 1;
      const end = seconds.length - page * PAGE_ROWS;
      const columns = Array.from(
        { length: Math.min(PAGE_ROWS, end) },
        (_, index) => end - 1 - index,
      );
      const turn = (to: number) =>
        host.act(() => {
          page = Math.max(0, Math.min(last, to));
        });
      // A button that is disabled at the last page would lose the focus, and with it the table would be gone.
      return html`<div
        class="chart-rows unseen"
        id="chart-rows"
        role="group"
        aria-label="Records per second as a table"
        @focusin=${() => {
          isRead = true;
        }}
        @focusout=${() => {
          isRead = false;
        }}
      >
        <p>
          <button aria-disabled=${page === 0} @click=${() => turn(page - 1)}>Later</button>
          <span role="status">Page ${page + 1} of ${last + 1}</span>
          <button aria-disabled=${page === last} @click=${() => turn(page + 1)}>Earlier</button>
        </p>
        <table class="number">
          <thead>
            <tr>
              <th scope="col">Second</th><th scope="col">All</th>
              ${shards.map((shardId) => html`<th scope="col">Shard ${formatShard(shardId)}</th>`)}
              <th scope="col">Throttled reads</th>
            </tr>
          </thead>
          <tbody>
            ${columns.map((column) => {
              const of = (rows: ReadonlyMap<string, readonly number[]>, shardId: string): number =>
                rows.get(shardId)?.[column] ?? 0;
              const sum = (rows: ReadonlyMap<string, readonly number[]>): string =>
                formatCount([...rows.keys()].reduce((all, shardId) => all + of(rows, shardId), 0));
              return html`<tr>
                <th scope="row">${clockOf(seconds[column] ?? 0)}</th>
                <td>${sum(byShard)}</td>
                ${shards.map((shardId) => html`<td>${formatCount(of(byShard, shardId))}</td>`)}
                <td>${sum(throttledByShard)}</td>
              </tr>`;
            })}
          </tbody>
        </table>
      </div>`;
    },
  };
}
