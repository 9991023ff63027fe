import { type CSSResult, css, html, nothing } from 'lit';
import { renderPanel } from '../frame/panel.ts';
import { labelOf, type Row } from '../reading/rows.ts';
import type { Part, ViewHost } from '../types.ts';
import type { DetailBody } from './detail-body.ts';
import type { DetailTab } from './record-tabs.ts';

/** All that is known of the row that is open. What draws it comes late: most who watch a stream open nothing at first. */
export function createDetail(host: ViewHost): Part {
  let tab: DetailTab = 'event';
  let body: DetailBody | undefined;
  let loading: Promise<DetailBody> | undefined;
  let problem: string | undefined;

  const load = (): Promise<DetailBody> => {
    problem = undefined;
    loading ??= import('./detail-body.ts').then(({ createDetailBody }) => {
      body = createDetailBody(host, { tab: () => tab, show, close, step });
      return body;
    });
    loading.then(host.request, (error: unknown) => {
      loading = undefined;
      problem = `The detail did not load: ${error instanceof Error ? error.message : error}`;
      host.request();
    });
    return loading;
  };
  const show = (next: DetailTab): void => {
    tab = next;
  };
  const close = (): void => {
    host.table.close();
    host.element.renderRoot.querySelector<HTMLElement>('.grid')?.focus();
  };
  /** The row that is open, or else selected. */
  const current = (): Row | undefined => {
    const { rows } = host.session().model;
    const selected = host.table.selected();
    const row = selected === undefined ? undefined : rows.at(rows.find(selected));
    return host.table.opened() ?? (row?.id === selected ? row : undefined);
  };
  const isRecord = (): boolean => current()?.kind === 'record';
  /** To the next row like this one: it is opened where one was open. */
  const step = (direction: 1 | -1, like: 'lane' | 'key'): void => {
    const row = current();
    const wanted = row && VALUES[like](row);
    if (!row || wanted === undefined) return;
    host.table.go(row);
    const found = host.table.seek(direction, (other) => VALUES[like](other) === wanted);
    if (!found) {
      host.say(`No ${direction > 0 ? 'later' : 'earlier'} row of this ${like} in the window`);
    } else if (host.table.opened()) host.table.open(found);
    else host.table.go(found);
  };
  const stepCommand = (key: string, direction: 1 | -1, like: 'lane' | 'key') => ({
    id: `${direction > 0 ? 'next' : 'previous'}-of-${like}`,
    title: `${direction > 0 ? 'Next' : 'Previous'} of this ${like}`,
    keys: [key],
    isOffered: () => current() !== undefined,
    run: () => step(direction, like),
  });

  return {
    render: ({ opened, ...drawing }) => {
      if (!opened) return nothing;
      if (!body && !problem) void load().catch(ignore);
      return (
        body?.render(opened, drawing) ??
        renderPanel(
          'detail',
          titleOf(opened.row),
          problem
            ? html`<button @click=${() => host.act(() => void load().catch(ignore))}>Try again</button>`
            : nothing,
          html`<p class="empty">${problem}</p>`,
        )
      );
    },
    drawn: ({ opened }) => {
      body?.drawn(opened);
      // There when it is needed, even if the network is gone by then.
      if (!loading && !problem && host.session().model.counts().records > 0) {
        void load().catch(ignore);
      }
    },
    reset: () => body?.reset(),
    commands: [
      {
        id: 'close',
        title: 'Close the detail',
        keys: ['Escape'],
        isOffered: () => host.drawer() === undefined,
        run: close,
      },
      stepCommand('n', 1, 'lane'),
      stepCommand('p', -1, 'lane'),
      stepCommand(']', 1, 'key'),
      stepCommand('[', -1, 'key'),
      {
        id: 'diff',
        title: 'Difference to the marked row',
        keys: ['d'],
        isOffered: isRecord,
        run: () => {
          const row = current();
          if (row) host.table.open(row);
          show('diff');
        },
      },
      {
        id: 'copy-json',
        title: 'Copy JSON',
        keys: ['c j'],
        isOffered: isRecord,
        run: () => {
          const row = current();
          if (row?.kind === 'record') load().then(({ copy }) => copy(row), ignore);
        },
      },
    ],
  };
}

const VALUES = {
  lane: (row: Row): string | undefined =>
    row.kind === 'gap'
      ? row.range.lane
      : row.kind === 'record'
        ? row.record.event?.rivulet.lane
        : undefined,
  key: (row: Row): string | undefined =>
    row.kind === 'record' ? row.record.partitionKey : undefined,
};

function titleOf(row: Row): string {
  if (row.kind !== 'record') return 'Detail';
  const { name, type } = labelOf(row.record);
  return name || type;
}

/** The panel says what went wrong. */
function ignore(): void {}

export const detailStyles: CSSResult = css`
  .detail h3 {
    flex: 0 1 auto;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .close {
    min-inline-size: 28px;
    padding: 0;
  }
  h4 {
    display: flex;
    align-items: baseline;
    justify-content: space-between;
    gap: 8px;
    margin-block: 14px 6px;
    font: 600 12px/1.4 var(--font);
  }
  h4:first-child {
    margin-block-start: 0;
  }
  h4 .number {
    font-size: 11px;
    font-weight: 400;
  }
  .hint {
    margin-block-start: 4px;
    font-size: 11px;
  }
`;
