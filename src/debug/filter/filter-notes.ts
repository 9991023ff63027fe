/** What there is to say about the filter: what is wrong with it, why nothing shows, and what of the stream it needs. */

import { html, nothing, type TemplateResult } from 'lit';
import { formatCount, formatPlural, formatTime } from '../format.ts';
import type { Drawing, ViewHost } from '../types.ts';
import { withoutTerm } from './edit.ts';
import { parse } from './parse.ts';
import { countShards, describeNarrowing } from './reading-for.ts';
import type { CompiledFilter } from './types.ts';
import { createWithout, type Without } from './without.ts';

export interface FilterNotes {
  readonly render: (drawing: Drawing) => TemplateResult;
  readonly drawn: () => void;
}

interface Count {
  readonly filter: CompiledFilter;
  /** The oldest row when it began. */
  readonly first: number;
  readonly without: Without;
  isDone: boolean;
}

/** Time for counting in one drawing. */
const BUDGET_MS = 8;

/** How much of the window may leave before the rows are counted anew. */
const STALE_SHARE = 0.05;

export function createFilterNotes(host: ViewHost, isTyping: () => boolean): FilterNotes {
  let count: Count | undefined;
  let best: ReturnType<Without['best']>;
  const filter = () => host.session().view.filter();
  const isEmpty = (): boolean => {
    const { scanned, shown } = host.table.snapshot();
    return scanned > 0 && shown === 0 && filter() !== undefined;
  };

  const renderProblem = (): unknown => {
    const problem = isTyping() ? undefined : filter()?.problem;
    return problem
      ? html`<p data-note="problem"><span aria-hidden="true">⚠</span> ${problem}</p>`
      : nothing;
  };

  const renderEmpty = (): unknown => {
    if (!isEmpty() || count?.filter !== filter()) return nothing;
    const text = host.filter.text();
    const term = best && parse(text)[best.term];
    const source = term && text.slice(term.start, term.end);
    const remove = () => host.act(() => term && host.filter.set(withoutTerm(text, term)));
    return html`<p data-note="empty">
      0 of ${formatCount(host.table.snapshot().scanned)}.
      ${
        source
          ? html`Without <code>${source}</code> ${formatCount(best?.count ?? 0)} would show.
            <button aria-label="Remove ${source}" @click=${remove}>Remove it</button>`
          : count?.isDone
            ? 'None with one term less, either.'
            : nothing
      }
    </p>`;
  };

  const renderReading = ({ shards }: Drawing): unknown => {
    const session = host.session();
    // What somebody else reads, and a file, cannot be read anew from here.
    const isFixed = host.settings().source?.consumer || session.replayed || !session.isConnected;
    if (isFixed) return nothing;
    const reading = host.reading();
    const { hashKeys, from } = reading;
    const less = describeNarrowing(filter()?.narrowing, reading, shards);
    const since = (start: typeof from): string =>
      typeof start === 'object' && 'atTimestamp' in start
        ? ` from ${formatTime(start.atTimestamp)} on`
        : '';
    const partOf = (keys: typeof hashKeys): string => {
      const { read, all } = countShards(shards, keys);
      return `${read} of ${formatPlural(all, 'shard')}`;
    };
    return html`${
      hashKeys || since(from)
        ? html`<p data-note="reading">
            Reads ${partOf(hashKeys)}${since(from)}.
            <button @click=${() => host.act(() => host.reopen({}))}>Read all</button>
          </p>`
        : nothing
    }${
      less
        ? html`<p data-note="narrow">
            <span><u>Underlined</u>: needs ${partOf(less.hashKeys)}${since(less.from)}.</span>
            <button @click=${() => host.act(() => host.reopen(less))}>Read only that</button>
          </p>`
        : nothing
    }`;
  };

  return {
    render: (drawing) =>
      html`<div class="filter-notes" id="filter-notes">
        ${renderProblem()}${renderEmpty()}${renderReading(drawing)}
      </div>`,
    drawn: () => {
      const current = filter();
      if (!current || !isEmpty()) return;
      const { model } = host.session();
      const first = model.rows.first();
      const isOther = count?.filter !== current;
      if (isOther) best = undefined;
      if (isOther || first - (count?.first ?? 0) > STALE_SHARE * (model.rows.end() - first)) {
        const without = createWithout(current, model, host.runtime.monotonic);
        count = { filter: current, first, without, isDone: false };
      }
      const wasDone = count?.isDone;
      if (count) count.isDone = count.without.advance(BUDGET_MS);
      if (count?.isDone) best = count.without.best();
      if (!wasDone || !count?.isDone) host.request();
    },
  };
}
