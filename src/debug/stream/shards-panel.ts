import { html, nothing, type TemplateResult } from 'lit';
import type { ShardState } from '../../consumer/types.ts';
import { SHARD_READ_CALLS_PER_SECOND } from '../../protocol/limits.ts';
import type { HashKeyRange } from '../../protocol/partition-key.ts';
import { formatBytes, formatPlural, formatShard, formatTime } from '../format.ts';
import { renderPanel } from '../frame/panel.ts';
import { pointOf } from '../reading/hash-space.ts';
import type { Command, Drawing, Part, ViewHost } from '../types.ts';
import { explainKey, hashOfKey, type KeyPlace } from './explain-key.ts';
import { renderKeyExplainer } from './key-explainer.ts';
import { createReadBudget, type ReadRate, shareOf } from './read-budget.ts';
import { createReshardingLog, type Resharding } from './resharding-log.ts';
import { createReshardingTask } from './resharding-task.ts';
import { figuresOf, type ShardFigures } from './shard-figures.ts';
import { type KeyTick, renderMap } from './shard-map.ts';
import { layPlane, PLANE_MS, type Plane, stepOf } from './shard-plane.ts';
import { renderStrip } from './shard-strip.ts';
import { renderTable } from './shard-table.ts';
import { toggleShards } from './shard-term.ts';
import { createShardTree, type ShardTree } from './shard-tree.ts';
import { createStreamAbout, describeAbout } from './stream-about.ts';

export { shardsStyles } from './shards-styles.ts';

const MOVES = new Set(['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown']);

/** The shards of the stream: where they lie, what came of what, how busy each is and how it is read. */
export function createShardsPart(host: ViewHost): Part {
  const log = createReshardingLog();
  const budget = createReadBudget();
  const task = createReshardingTask(() => host.settings().source?.control, host.request);
  const about = createStreamAbout({
    reader: () => (host.session().replayed === undefined ? host.reader?.() : undefined),
    stream: () => host.settings().source?.stream,
    onAnswer: host.request,
  });
  const hashes = new Map<string, bigint>();
  let shownAs: 'map' | 'table' = 'map';
  let chosen: string | undefined;
  let typed = '';
  let isAsked = false;
  let plane: Plane | undefined;
  let tree: ShardTree = createShardTree([]);
  let watched: string | undefined;

  /** A reading that somebody else has opened, and a file, are what they are. */
  const canReopen = (): boolean =>
    host.session().replayed === undefined && host.settings().source?.consumer === undefined;

  const isNarrowed = (): boolean => tree.shards.some(({ status }) => status === 'skipped');

  const choose = (shardId: string | undefined): void =>
    host.act(() => {
      chosen = shardId;
    });

  const filterBy = (shardId: string, withAncestors: boolean): void =>
    host.act(() => {
      const ids = withAncestors ? [shardId, ...tree.ancestorsOf(shardId)] : [shardId];
      host.filter.set(toggleShards(host.filter.text(), ids));
    });

  const onKey = (event: KeyboardEvent): void => {
    const { key, shiftKey } = event;
    if (MOVES.has(key)) {
      const from = chosen ?? tree.shards.find(tree.isOpen)?.shardId;
      // The first press shows where one is.
      const to = from && chosen && plane ? stepOf(plane, tree, from, key) : from;
      choose(to);
    } else if (key === 'Enter' && chosen) filterBy(chosen, shiftKey);
    else return;
    event.preventDefault();
  };

  const ticksOf = (second: number): KeyTick[] =>
    host
      .session()
      .model.rates.hotKeys(undefined, second)
      .map(({ key, share }) => {
        const hash = hashes.get(key) ?? hashOfKey(key);
        if (hashes.size > 500) hashes.clear();
        hashes.set(key, hash);
        return { key, share, point: pointOf(hash) };
      });

  const explained = (opened: Drawing['opened']): KeyPlace | undefined => {
    if (typed !== '') return explainKey(typed, tree);
    if (opened?.hashKey === undefined || opened.row.kind !== 'record') return undefined;
    return explainKey(opened.row.record.partitionKey, tree, opened.hashKey);
  };

  const readOnly = (hashKeys?: HashKeyRange): void => host.reopen({ from: host.start(), hashKeys });
  const readAll = (): void => readOnly();

  const commands: readonly Command[] = [
    {
      id: 'stream.view',
      title: 'Shards as a map or a table',
      run: () => {
        shownAs = shownAs === 'map' ? 'table' : 'map';
        host.show('shards');
      },
    },
    {
      id: 'stream.key',
      title: 'Where does a key lie?',
      run: () => {
        isAsked = true;
        host.show('shards');
      },
    },
    {
      id: 'stream.all',
      title: 'Read all shards',
      isOffered: () => isNarrowed() && canReopen(),
      run: readAll,
    },
  ];

  return {
    commands,
    render: ({ shards, hues, opened, now }) => {
      tree = createShardTree(shards);
      log.look(shards, now);
      budget.look(shards, now);
      about.look(now);
      const second = Math.floor(now / 1000) * 1000;
      const { rates } = host.session().model;
      plane = layPlane(tree, host.session().bornAt ?? log.bornAt, second);
      const known = new Map<string, ShardFigures>();
      const figures = (shardId: string): ShardFigures => {
        const shard = tree.get(shardId) as ShardState;
        const figure = known.get(shardId) ?? figuresOf(shard, rates, now);
        known.set(shardId, figure);
        return figure;
      };
      const place = explained(opened);
      const shard = chosen === undefined ? undefined : tree.get(chosen);
      const ticks = ticksOf(second);

      const body =
        shards.length === 0
          ? html`<p class="empty">The shards appear here once the stream is read.</p>`
          : html`<div class="shard-body">
              ${
                shownAs === 'table'
                  ? renderTable({
                      tree,
                      hues,
                      figures,
                      readRate: budget.of,
                      chosen,
                      onChoose: choose,
                    })
                  : renderMap({
                      plane,
                      tree,
                      hues,
                      series: rates.series(now),
                      figures,
                      chosen,
                      point: place && pointOf(place.hashKey),
                      ticks,
                      resharding: log.latest(),
                      now: second,
                      onChoose: (shardId) => choose(shardId),
                      onFilter: filterBy,
                      onKey,
                    })
              }
              <div class="shard-side">
                ${renderNews(log.latest(), tree, now)} ${renderNarrowed()} ${renderTaskNews()}
                ${
                  shard
                    ? renderStrip({
                        shard,
                        tree,
                        hues,
                        figures: figures(shard.shardId),
                        onFilter: (withAncestors) => filterBy(shard.shardId, withAncestors),
                        onReadOnly: canReopen() ? () => readOnly(shard.hashKeys) : undefined,
                        task: host.settings().source?.control && task,
                        onClose: () => choose(undefined),
                      })
                    : nothing
                }
                ${renderHotKeys(ticks)}
                ${renderKeyExplainer({
                  typed,
                  place,
                  hues,
                  onType: (key) =>
                    host.act(() => {
                      typed = key;
                    }),
                  onFilter: (key) => host.act(() => host.filter.include('key', key)),
                  onReadOnly: canReopen()
                    ? ({ hashKey }) => readOnly({ start: hashKey, end: hashKey })
                    : undefined,
                })}
                ${renderBudget(budget.most())}
              </div>
            </div>`;
      return renderPanel('shards', 'Shards', renderAside(), body);
    },
    drawn: () => {
      if (!isAsked) return;
      isAsked = false;
      host.element.renderRoot.querySelector<HTMLElement>('.key-input')?.focus();
    },
    reset: () => {
      const { source } = host.settings();
      // The same stream, read otherwise, has the same shards, born when they were.
      if (watched !== source?.stream || host.session().replayed !== undefined) log.reset();
      watched = source?.stream;
      budget.reset();
      task.reset();
      about.reset();
      chosen = undefined;
    },
  };

  function renderAside(): TemplateResult {
    const open = tree.shards.filter(tree.isOpen).length;
    const summary = about.summary();
    const words = summary && describeAbout(summary);
    return html`<span class="shard-about" title=${words ?? nothing}
        >${tree.shards.length > 0 ? `${open} open` : ''}${words ? ` · ${words}` : ''}</span
      >
      <span class="shard-views" role="group" aria-label="Shards as">
        ${(['map', 'table'] as const).map(
          (view) => html`<button
            aria-pressed=${shownAs === view}
            @click=${() =>
              host.act(() => {
                shownAs = view;
              })}
          >
            ${view}
          </button>`,
        )}
      </span>`;
  }

  function renderNarrowed(): TemplateResult | typeof nothing {
    if (!isNarrowed()) return nothing;
    const read = tree.shards.filter(({ status }) => status !== 'skipped').length;
    return html`<p class="shard-news">
      Reads ${read} of ${formatPlural(tree.shards.length, 'shard')}.
      ${canReopen() ? html`<button @click=${readAll}>Read all</button>` : nothing}
    </p>`;
  }

  function renderTaskNews(): TemplateResult | typeof nothing {
    const news = task.news();
    if (!news) return nothing;
    return html`<p class="shard-news" role="status" ?data-problem=${news.isProblem}>${news.isProblem ? '⚠ ' : ''}${news.text}</p>`;
  }

  function renderHotKeys(ticks: readonly KeyTick[]): TemplateResult | typeof nothing {
    if (ticks.length === 0) return nothing;
    return html`<p class="shard-hot">
      Hottest keys
      ${ticks.slice(0, 3).map(
        ({ key, share }) => html`<button
          title="Click to filter, Alt+click to exclude"
          @click=${({ altKey }: MouseEvent) =>
            host.act(() => host.filter[altKey ? 'exclude' : 'include']('key', key))}
        >
          <span>${key}</span> ${Math.round(share * 100)} %
        </button>`,
      )}
    </p>`;
  }
}

/** For as long as the map shows it to scale. */
function renderNews(
  news: Resharding | undefined,
  tree: ShardTree,
  now: number,
): TemplateResult | typeof nothing {
  if (!news || now - news.at > PLANE_MS) return nothing;
  const { parents, children, at } = news;
  const names = (ids: readonly string[]): string => ids.map(formatShard).join(' and ');
  const what = `${parents.length > 1 ? 'Merge' : 'Split'} of ${names(parents)} into ${names(children)}`;
  const waits = children.some((child) => tree.get(child)?.status === 'waiting');
  return html`<p class="shard-news" role="status">
${what} at ${formatTime(at).slice(0, 8)}${waits ? `, read after the end of ${names(parents)}` : ''}
  </p>`;
}

/** Five reads and 2 MB a second of a shard are shared by everybody who reads it. */
function renderBudget(rate: ReadRate | undefined): TemplateResult | typeof nothing {
  if (!rate) return nothing;
  const share = Math.min(1, shareOf(rate));
  const text = `reads ${rate.readsPerSecond.toFixed(1)} of ${SHARD_READ_CALLS_PER_SECOND}/s, ${formatBytes(Math.round(rate.bytesPerSecond))} of 2 MB/s`;
  return html`<div class="shard-budget">
    <p class="number">${text}<span class="muted"> of a shard, shared by all readers</span></p>
    <div
      class="shard-meter"
      role="meter"
      aria-label="Reads taken of what a shard gives"
      aria-valuemin="0"
      aria-valuemax="100"
      aria-valuenow=${Math.round(share * 100)}
      aria-valuetext=${text}
    >
      <span style="inline-size:${share * 100}%"></span>
    </div>
  </div>`;
}
