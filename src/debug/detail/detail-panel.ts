import { type CSSResult, css, html, nothing } from 'lit';
import { renderPanel } from '../frame/panel.ts';
import { labelOf, type Row } from '../reading/rows.ts';
import type { Command, Part, ViewHost } from '../types.ts';
import type { DetailBody } from './detail-body.ts';

/** All that is known of the row that is open. What draws it comes late: most who watch a stream open nothing at first. */
export function createDetail(host: ViewHost): Part {
  const { act, table } = host;
  let body: DetailBody | undefined;
  let loading: Promise<DetailBody | undefined> | undefined;
  let problem: string | undefined;

  const load = (): Promise<DetailBody | undefined> => {
    loading ??= import('./detail-body.ts')
      .then(({ createDetailBody }) => {
        problem = undefined;
        body = createDetailBody(host, close);
        return body;
      })
      .catch((error: unknown) => {
        loading = undefined;
        problem = `The detail did not load: ${error instanceof Error ? error.message : error}`;
        return undefined;
      })
      .finally(host.request);
    return loading;
  };
  const close = (): void => {
    table.close();
    host.element.renderRoot.querySelector<HTMLElement>('.grid')?.focus();
  };
  const command = (
    id: string,
    title: string,
    key: string,
    run: (body: DetailBody) => void,
  ): Command => ({
    id,
    title,
    keys: [key],
    isOffered: () => (table.opened() ?? table.selected()) !== undefined,
    run: () => {
      if (body) run(body);
      else void load().then((loaded) => loaded && act(() => run(loaded)));
    },
  });

  return {
    render: ({ opened, ...drawing }) => {
      if (!opened) return nothing;
      if (body) return body.render(opened, drawing);
      if (!problem) void load();
      return renderPanel(
        'detail',
        titleOf(opened.row),
        problem ? html`<button @click=${load}>Try again</button>` : nothing,
        html`<p class="empty">${problem}</p>`,
      );
    },
    drawn: ({ opened }) => {
      body?.drawn(opened);
      // There when it is needed, even if the network is gone by then.
      if (!body && !problem && host.session().model.counts().records > 0) void load();
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
      command('next-of-lane', 'Next of this lane', 'n', ({ step }) => step(1, 'lane')),
      command('previous-of-lane', 'Previous of this lane', 'p', ({ step }) => step(-1, 'lane')),
      command('next-of-key', 'Next of this key', ']', ({ step }) => step(1, 'key')),
      command('previous-of-key', 'Previous of this key', '[', ({ step }) => step(-1, 'key')),
      command('diff', 'Difference to the marked row', 'd', ({ compare }) => compare()),
      command('copy-json', 'Copy JSON', 'c j', ({ copy }) => copy()),
    ],
  };
}

function titleOf(row: Row): string {
  if (row.kind !== 'record') return 'Detail';
  const { name, type } = labelOf(row.record);
  return name || type;
}

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
