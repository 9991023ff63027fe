import { type CSSResultGroup, css, html, nothing } from 'lit';
import { renderPanel } from '../frame/panel.ts';
import type { Part, ViewHost } from '../types.ts';
import { canReopen, readOnly } from './narrow.ts';
import { createReadBudget } from './read-budget.ts';
import { createReshardingLog } from './resharding-log.ts';
import type { ShardsBody } from './shards-body.ts';

/** The shards of the stream: where they lie, what came of what, how busy each is and how it is read. */
export function createShardsPart(host: ViewHost): Part {
  // Both watch from the beginning, whether the panel is seen or not.
  const log = createReshardingLog();
  const budget = createReadBudget();
  let body: ShardsBody | undefined;
  let isLoading = false;
  let problem: string | undefined;
  let watched: string | undefined;

  /** What draws them comes when it is first seen. */
  const load = async (): Promise<void> => {
    if (body || isLoading) return;
    isLoading = true;
    problem = undefined;
    try {
      const { createShardsBody } = await import('./shards-body.ts');
      body = createShardsBody(host, log, budget);
    } catch (error) {
      problem = `The panel did not load: ${error instanceof Error ? error.message : error}`;
    }
    isLoading = false;
    host.request();
  };
  const isSeen = (): boolean =>
    host.element.renderRoot.querySelector('.shards')?.checkVisibility() ?? false;
  const isNarrowed = (): boolean =>
    host
      .session()
      .shards()
      .some(({ status }) => status === 'skipped');
  const showWith = async (what: (body: ShardsBody) => void): Promise<void> => {
    host.show('shards');
    await load();
    const loaded = body;
    if (loaded) host.act(() => what(loaded));
  };

  return {
    commands: [
      {
        id: 'stream.view',
        title: 'Shards as a map or a table',
        run: () => void showWith((body) => body.turn()),
      },
      {
        id: 'stream.key',
        title: 'Where does a key lie?',
        run: () => void showWith((body) => body.askKey()),
      },
      {
        id: 'stream.all',
        title: 'Read all shards',
        isOffered: () => isNarrowed() && canReopen(host),
        run: () => readOnly(host),
      },
    ],
    render: (drawing) => {
      const { shards, now } = drawing;
      watched ??= host.settings().source?.stream;
      log.look(shards, now);
      budget.look(shards, now);
      if (problem) {
        const again = html`<button @click=${() => host.act(load)}>Try again</button>`;
        return renderPanel(
          'shards',
          'Shards',
          nothing,
          html`<p class="empty">${problem} ${again}</p>`,
        );
      }
      const isEmpty = shards.length === 0 || !body;
      return renderPanel(
        'shards',
        'Shards',
        body?.renderAside(drawing) ?? nothing,
        isEmpty
          ? html`<p class="empty">The shards appear here once the stream is read.</p>`
          : body?.render(drawing),
      );
    },
    drawn: () => {
      if (!body && !problem && isSeen()) void load();
      body?.drawn();
    },
    reset: () => {
      const { source } = host.settings();
      // The same stream, read otherwise, has the same shards, born when they were.
      if (watched !== source?.stream || host.session().replayed !== undefined) log.reset();
      watched = source?.stream;
      budget.reset();
      body?.reset();
    },
  };
}

/** The rest comes with the body. */
export const shardsStyles: CSSResultGroup = css`
  .shards {
    container: shards / inline-size;
  }
`;
