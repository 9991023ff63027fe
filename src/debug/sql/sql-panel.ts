/** A query over the rows of the window, and its answer as a table or a chart. */

import { html, nothing, type TemplateResult } from 'lit';
import { type ChartData, createLineChart, renderBars } from '../chart/result-chart.ts';
import { formatCount, formatDuration, formatPlural } from '../format.ts';
import type { ViewHost } from '../types.ts';
import { createDatabase, type Result } from './database.ts';
import type { DrawerBody } from './drawer.ts';
import { chartOf, csvOf } from './result.ts';
import { createResultTable } from './result-table.ts';
import { COLUMNS, EXAMPLES } from './schema.ts';
import { sqlStyles } from './sql-styles.ts';
import { startWorker } from './start-worker.ts';

type Shape = 'table' | 'bars' | 'line';

export function createSqlPanel(host: ViewHost): DrawerBody {
  const database = createDatabase({
    start: startWorker,
    rows: () => host.session().model.rows,
    runtime: host.runtime,
  });
  const table = createResultTable(host);
  const line = createLineChart(host.act);
  let sql = EXAMPLES[0]?.sql ?? '';
  let shape: Shape = 'table';
  /** Where there is room, the columns stand beside the query from the beginning. */
  const isWide = host.element.clientWidth >= 800;
  let progress: string | undefined;
  let problem: string | undefined;
  let result: Result | undefined;
  let chart: ChartData | undefined;

  const run = async (): Promise<void> => {
    if (progress !== undefined || sql.trim() === '') return;
    problem = undefined;
    const say = (text: string): void => {
      progress = text;
      host.request();
    };
    say('Loading rows …');
    try {
      result = await database.run(sql, say);
      chart = chartOf(result);
      table.reset();
      if (!chart) shape = 'table';
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
    progress = undefined;
    host.request();
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation();
    host.act(() => void run());
  };
  const runOrStop = (): void => {
    if (progress === undefined) void run();
    else database.stop();
  };
  const choose = (example: string): void =>
    host.act(() => {
      sql = example;
      void run();
    });

  const renderStatus = (): unknown => {
    if (progress !== undefined) return progress;
    if (problem !== undefined) return html`<span class="sql-problem">✕ ${problem}</span>`;
    if (!result) return 'Ctrl or ⌘ and Enter run the query.';
    const rows = formatPlural(result.rows.length, 'row');
    const given = result.isCut ? `The first ${rows}; there are more` : rows;
    return `${given} · ${formatDuration(result.tookMs)} · of ${formatPlural(result.records, 'record')}`;
  };
  const renderShapes = (): TemplateResult =>
    html`<div class="sql-shapes" role="group" aria-label="Result as">
      ${(['table', 'bars', 'line'] as const).map(
        (name) => html`<button
          aria-pressed=${shape === name}
          ?disabled=${name !== 'table' && !chart}
          title=${name !== 'table' && !chart ? 'A chart takes names in the first column and numbers in another' : nothing}
          @click=${() =>
            host.act(() => {
              shape = name;
            })}
        >${name[0]?.toUpperCase()}${name.slice(1)}</button>`,
      )}
    </div>`;
  const renderResult = ({ rows, columns }: Result): unknown => {
    if (columns.length === 0) return html`<p class="empty">The statement gives no rows.</p>`;
    if (shape === 'bars' && chart) return html`<div class="body">${renderBars(chart)}</div>`;
    if (shape === 'line' && chart) {
      const names = chart.series.map(({ name }) => name).join(', ');
      return html`<div class="body">${line.render(chart, `${names} by ${columns[0]}`)}</div>`;
    }
    return table.render({ rows, columns });
  };

  return {
    styles: sqlStyles,
    focus: '.sql-text',
    render: () => html`<div class="sql">
      <div class="sql-ask">
        <textarea
          class="sql-text number"
          aria-label="SQL query"
          autocomplete="off"
          autocapitalize="off"
          spellcheck="false"
          .value=${sql}
          @input=${(event: Event) => {
            sql = (event.target as HTMLTextAreaElement).value;
          }}
          @keydown=${onKey}
        ></textarea>
        <div class="sql-actions">
          <button class="sql-run" @click=${() => host.act(runOrStop)}>
            ${progress === undefined ? 'Run' : 'Stop'}
          </button>
          ${EXAMPLES.map(({ title, sql }) => html`<button @click=${() => choose(sql)}>${title}</button>`)}
        </div>
        <details class="sql-columns" ?open=${isWide}>
          <summary>Columns of <code>records</code></summary>
          <dl>
            ${COLUMNS.map(({ name, says }) => html`<div><dt class="number">${name}</dt><dd>${says}</dd></div>`)}
          </dl>
        </details>
      </div>
      <div class="sql-answer">
        <header>
          <p role="status">${renderStatus()}</p>
          ${
            result && result.columns.length > 0 && problem === undefined
              ? html`${renderShapes()}
                <button @click=${() => copy(host, result)}>Copy CSV</button>`
              : nothing
          }
        </header>
        ${result && problem === undefined ? renderResult(result) : nothing}
      </div>
    </div>`,
    reset: () => {
      database.stop();
      result = undefined;
      chart = undefined;
      problem = undefined;
    },
  };
}

function copy(host: ViewHost, result: Result | undefined): void {
  if (result) host.copy(csvOf(result), `${formatCount(result.rows.length)} rows as CSV`);
}
