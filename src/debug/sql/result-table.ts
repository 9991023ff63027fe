import { html, type TemplateResult } from 'lit';
import { formatCount } from '../format.ts';
import type { ViewHost } from '../types.ts';
import type { Result } from './database.ts';
import { isNumber, type Order, sortRows, textOf } from './result.ts';

/** Rows that are drawn at once. */
const PAGE_ROWS = 100;

/** Longer cells are cut where they are drawn; the CSV has all of them. */
const MAX_CELL_CHARACTERS = 300;

export interface ResultTable {
  readonly render: (result: Pick<Result, 'columns' | 'rows'>) => TemplateResult;
  /** Another answer: its own order, from its beginning. */
  readonly reset: () => void;
}

/** A page of the answer's rows, in the order of a column that somebody chose. */
export function createResultTable(host: ViewHost): ResultTable {
  let order: Order | undefined;
  let page = 0;
  let sorted:
    | {
        readonly of: Result['rows'];
        readonly order: Order | undefined;
        readonly rows: Result['rows'];
      }
    | undefined;

  const sort = (rows: Result['rows']): Result['rows'] => {
    if (sorted?.of !== rows || sorted.order !== order) {
      sorted = { of: rows, order, rows: sortRows(rows, order) };
    }
    return sorted.rows;
  };
  const orderBy = (column: number): void =>
    host.act(() => {
      order = { column, isDescending: order?.column === column && !order.isDescending };
      page = 0;
    });
  const turn = (to: number): void =>
    host.act(() => {
      page = to;
    });

  return {
    render: ({ columns, rows }) => {
      const last = Math.max(0, Math.ceil(rows.length / PAGE_ROWS) - 1);
      const from = page * PAGE_ROWS;
      const shown = sort(rows).slice(from, from + PAGE_ROWS);
      return html`<div class="sql-rows body" tabindex="0" role="group" aria-label="Result, scrollable">
          <table class="number">
            <thead>
              <tr>
                ${columns.map((name, column) => {
                  const isBy = order?.column === column;
                  const direction = order?.isDescending ? 'descending' : 'ascending';
                  return html`<th scope="col" ?data-number=${isNumber(shown[0]?.[column])} aria-sort=${isBy ? direction : 'none'}>
                    <button @click=${() => orderBy(column)}
                      >${name}<span aria-hidden="true">${isBy ? (order?.isDescending ? ' ▾' : ' ▴') : ''}</span></button
                    >
                  </th>`;
                })}
              </tr>
            </thead>
            <tbody>
              ${shown.map(
                (row) =>
                  html`<tr>${row.map((value) => {
                    const text = textOf(value);
                    return html`<td ?data-number=${isNumber(value)}>${
                      text.length > MAX_CELL_CHARACTERS
                        ? `${text.slice(0, MAX_CELL_CHARACTERS)}…`
                        : text
                    }</td>`;
                  })}</tr>`,
              )}
            </tbody>
          </table>
        </div>
        ${
          last === 0
            ? ''
            : html`<p class="sql-pages">
                <button ?disabled=${page === 0} @click=${() => turn(page - 1)}>Previous</button>
                <span class="number">${formatCount(from + 1)}–${formatCount(from + shown.length)} of ${formatCount(rows.length)}</span>
                <button ?disabled=${page === last} @click=${() => turn(page + 1)}>Next</button>
              </p>`
        }`;
    },
    reset: () => {
      order = undefined;
      page = 0;
    },
  };
}
