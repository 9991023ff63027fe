import { css, html, nothing, type TemplateResult } from 'lit';
import { formatCount, formatPlural } from '../format.ts';
import type { Row } from '../reading/rows.ts';
import type { ViewHost } from '../types.ts';
import type { ExportBody } from './export-part.ts';
import { openFileSink } from './file-sink.ts';
import { linesOf, shardsCsv, type TextFormat } from './rows-text.ts';
import { inSlices } from './slices.ts';

type Scope = 'shown' | 'window' | 'marked';

const SCOPES: readonly (readonly [Scope, string])[] = [
  ['shown', 'that the filter shows'],
  ['window', 'of the whole window'],
  ['marked', 'that are marked'],
];

interface Task {
  readonly name: string;
  readonly total: number;
  readonly done: number;
  readonly stop: () => void;
}

/** What can be written, and what is being written. */
export function createExportPanel(host: ViewHost, openFile: (file: File) => void): ExportBody {
  let scope: Scope = 'shown';
  let task: Task | undefined;
  let said = '';

  const rowsOf = (wanted: Scope): Row[] => {
    const list = wanted === 'shown' ? host.table.snapshot() : windowOf(host);
    const isWanted = (row: Row): boolean => wanted !== 'marked' || host.table.marked().has(row.id);
    const rows: Row[] = [];
    for (let at = list.first; at < list.end; at++) {
      const row = list.at(at);
      if (row && isWanted(row)) rows.push(row);
    }
    return rows;
  };
  const countOf = (wanted: Scope): number => {
    if (wanted === 'marked') return host.table.marked().size;
    const { first, end } = wanted === 'shown' ? host.table.snapshot() : windowOf(host);
    return end - first;
  };

  /** @param prepare answers with the lines, and about how many they are; it is called once there is a file to write to */
  const write = async (
    ending: string,
    type: string,
    prepare: () => Promise<readonly [lines: Iterable<string>, total: number]>,
  ): Promise<void> => {
    const name = `${nameOf(host)}.${ending}`;
    const stopping = new AbortController();
    const sink = await openFileSink(name, type);
    if (!sink) return;
    const show = (done: number, total: number): void => {
      task = { name, total, done, stop: () => stopping.abort() };
      host.request();
    };
    show(0, 1);
    try {
      const [lines, total] = await prepare();
      const isWhole = await inSlices(lines, sink.write, {
        monotonic: host.runtime.monotonic,
        signal: stopping.signal,
        onProgress: (done) => show(done, total),
      });
      await (isWhole ? sink.close() : sink.abort());
      said = isWhole ? `${name} is written` : `${name} was stopped: nothing is written`;
    } catch (error) {
      await sink.abort();
      said = `${name} could not be written: ${error instanceof Error ? error.message : error}`;
    }
    task = undefined;
    host.act(() => {});
  };
  const writeRows = (format: TextFormat): void => {
    const type = format === 'csv' ? 'text/csv' : 'application/x-ndjson';
    void write(format, type, async () => {
      const rows = rowsOf(scope);
      return [linesOf(rows, format, host.table.columns()), rows.length];
    });
  };
  const writeShards = (): void => {
    void write('shards.csv', 'text/csv', async () => [[shardsCsv(host.session().shards())], 1]);
  };
  const writeBundle = (): void => {
    void write('rivulet.ndjson', 'application/x-ndjson', async () => {
      const { bundleOf } = await import('./take-bundle.ts');
      const { encodeBundle } = await import('./bundle.ts');
      const bundle = await bundleOf(host);
      return [encodeBundle(bundle), bundle.rows.length + bundle.shards.length];
    });
  };
  const onFile = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    const [file] = input.files ?? [];
    if (file) openFile(file);
    input.value = '';
  };

  const renderTask = ({
    name,
    total,
    done,
    stop,
  }: Task): TemplateResult => html`<p class="export-task">
      <span>${name}: ${formatCount(Math.min(done, total))} of ${formatCount(total)}</span>
      <progress max=${total} .value=${Math.min(done, total)} aria-label="Progress of ${name}"></progress>
      <button @click=${stop}>Stop</button>
    </p>`;

  return {
    render: () => html`<div class="export-body">
      <fieldset>
        <legend>Rows</legend>
        ${SCOPES.map(
          ([name, words]) => html`<label>
            <input
              type="radio"
              name="export-scope"
              .checked=${scope === name}
              @change=${() =>
                host.act(() => {
                  scope = name;
                })}
            />
            ${formatPlural(countOf(name), 'row')} ${words}
          </label>`,
        )}
        <p>
          <button data-format="ndjson" ?disabled=${task || countOf(scope) === 0} @click=${() => writeRows('ndjson')}>NDJSON</button>
          <button data-format="csv" ?disabled=${task || countOf(scope) === 0} @click=${() => writeRows('csv')}>CSV</button>
        </p>
      </fieldset>
      <fieldset>
        <legend>Shards</legend>
        <p><button data-format="shards" ?disabled=${task} @click=${writeShards}>Table as CSV</button></p>
      </fieldset>
      <fieldset>
        <legend>Bundle</legend>
        <p>
          <button data-format="bundle" ?disabled=${task} @click=${writeBundle}>Save the whole view</button>
          rows with their data, ledger, shards, and what this page’s client says. It opens in any view, offline.
        </p>
        <p>
          <label class="export-open"
            >Open a bundle <input type="file" accept=".ndjson,application/x-ndjson" @change=${onFile}
          /></label>
          or drop it on the view.
        </p>
      </fieldset>
      ${task ? renderTask(task) : nothing}
      <p role="status">${task ? '' : said}</p>
    </div>`,
    close: () => task?.stop(),
    styles: css`
      .export-body {
        display: grid;
        gap: 10px;
        overflow: auto;
        padding: 4px 16px 16px;
      }
      .export-body fieldset {
        display: grid;
        gap: 6px;
        min-inline-size: 0;
        margin: 0;
        padding: 8px 12px 10px;
        border: 1px solid var(--line);
        border-radius: var(--radius);
      }
      .export-body legend {
        padding-inline: 4px;
        font-weight: 600;
      }
      .export-body :is(label, p) {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 8px;
      }
      .export-body label {
        min-block-size: 24px;
      }
      .export-body input[type='file'] {
        max-inline-size: 100%;
        font-size: 12px;
      }
      .export-task progress {
        flex: 1;
        min-inline-size: 80px;
        accent-color: var(--accent);
      }
      @media (pointer: coarse) {
        .export-body :is(label, input[type='file']) {
          min-block-size: 44px;
        }
      }
    `,
  };
}

function windowOf(host: ViewHost): {
  readonly first: number;
  readonly end: number;
  readonly at: (position: number) => Row | undefined;
} {
  const { rows } = host.session().model;
  return { first: rows.first(), end: rows.end(), at: rows.at };
}

/** `clickstream-2026-11-21T18-30-05` */
function nameOf(host: ViewHost): string {
  const { replayedAt } = host.session();
  const stream = host.settings().source?.stream.split('/').at(-1) || 'stream';
  const at = new Date(replayedAt ?? host.runtime.now()).toISOString().slice(0, 19);
  return `${stream}-${at}`.replaceAll(/[^\w.-]+/g, '-');
}
