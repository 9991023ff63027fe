/** What draws the shards: the map or the table, the chosen shard, the key, the read budget. */

import { html, nothing, type TemplateResult } from 'lit';
import type { ShardState } from '../../consumer/types.ts';
import { pointOf } from '../reading/hash-space.ts';
import type { Drawing, ViewHost } from '../types.ts';
import { explainKey, hashOfKey, type KeyPlace } from './explain-key.ts';
import { renderKeyExplainer } from './key-explainer.ts';
import { mapStyles } from './map-styles.ts';
import { canReopen, readOnly } from './narrow.ts';
import type { ReadBudget } from './read-budget.ts';
import type { ReshardingLog } from './resharding-log.ts';
import { createReshardingTask } from './resharding-task.ts';
import { figuresOf, type ShardFigures } from './shard-figures.ts';
import { type KeyTick, renderMap } from './shard-map.ts';
import { renderBudget, renderHotKeys, renderNarrowed, renderNews } from './shard-news.ts';
import { layPlane, type Plane, stepOf } from './shard-plane.ts';
import { renderStrip } from './shard-strip.ts';
import { renderTable } from './shard-table.ts';
import { toggleShards } from './shard-term.ts';
import { createShardTree, type ShardTree } from './shard-tree.ts';
import { sideStyles } from './shards-styles.ts';
import { createStreamAbout, describeAbout } from './stream-about.ts';

export interface ShardsBody {
  readonly renderAside: (drawing: Drawing) => TemplateResult;
  readonly render: (drawing: Drawing) => TemplateResult;
  readonly drawn: () => void;
  /** Another session: what was chosen and asked is over. */
  readonly reset: () => void;
  /** Map to table, or back. */
  readonly turn: () => void;
  /** Puts the focus into the field for a key, once it is drawn. */
  readonly askKey: () => void;
}

const MOVES = new Set(['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown']);

/** Keys whose hash is remembered: those that are hot stay so for a while. */
const MAX_HASHES = 500;

export function createShardsBody(
  host: ViewHost,
  log: ReshardingLog,
  budget: ReadBudget,
): ShardsBody {
  const { act, filter } = host;
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

  const { adoptedStyleSheets: adopted } = host.element.renderRoot as ShadowRoot;
  for (const { styleSheet } of [sideStyles, mapStyles]) {
    // An element that was taken out and put back has it already.
    if (styleSheet && !adopted.includes(styleSheet)) adopted.push(styleSheet);
  }

  const choose = (shardId: string | undefined): void =>
    act(() => {
      chosen = shardId;
    });
  const filterBy = (shardId: string, withAncestors: boolean): void =>
    act(() => {
      const ids = withAncestors ? [shardId, ...tree.ancestorsOf(shardId)] : [shardId];
      filter.set(toggleShards(filter.text(), ids));
    });
  const onKey = (event: KeyboardEvent): void => {
    const { key, shiftKey } = event;
    if (MOVES.has(key)) {
      const first = tree.shards.find(tree.isOpen)?.shardId;
      // The first press shows where one is.
      choose(chosen && plane ? stepOf(plane, tree, chosen, key) : first);
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
        if (hashes.size > MAX_HASHES) hashes.clear();
        hashes.set(key, hash);
        return { key, share, point: pointOf(hash) };
      });
  const explained = (opened: Drawing['opened']): KeyPlace | undefined => {
    if (typed !== '') return explainKey(typed, tree);
    if (opened?.hashKey === undefined || opened.row.kind !== 'record') return undefined;
    return explainKey(opened.row.record.partitionKey, tree, opened.hashKey);
  };
  const includeKey = (key: string, isExcluded = false): void =>
    act(() => filter[isExcluded ? 'exclude' : 'include']('key', key));

  return {
    turn: () => {
      shownAs = shownAs === 'map' ? 'table' : 'map';
    },
    askKey: () => {
      isAsked = true;
    },
    renderAside: ({ shards }) => {
      tree = createShardTree(shards);
      const open = tree.shards.filter(tree.isOpen).length;
      const summary = about.summary();
      const words = [shards.length > 0 && `${open} open`, summary && describeAbout(summary)]
        .filter(Boolean)
        .join(' · ');
      return html`<span class="shard-about" title=${words}>${words}</span>
        <span class="shard-views" role="group" aria-label="Shards as">
          ${(['map', 'table'] as const).map(
            (view) =>
              html`<button
                aria-pressed=${shownAs === view}
                @click=${() =>
                  act(() => {
                    shownAs = view;
                  })}
              >${view}</button>`,
          )}
        </span>`;
    },
    render: ({ hues, opened, now }) => {
      about.look(now);
      const second = Math.floor(now / 1000) * 1000;
      const { rates } = host.session().model;
      plane = layPlane(tree, host.session().bornAt ?? log.bornAt, second);
      const known = new Map<string, ShardFigures>();
      const figures = (shardId: string): ShardFigures => {
        const figure = known.get(shardId) ?? figuresOf(tree.get(shardId) as ShardState, rates, now);
        known.set(shardId, figure);
        return figure;
      };
      const place = explained(opened);
      const shard = chosen === undefined ? undefined : tree.get(chosen);
      const ticks = ticksOf(second);
      const common = { tree, hues, figures, chosen, onChoose: choose };
      const isFree = canReopen(host);

      return html`<div class="shard-body">
        ${
          shownAs === 'table'
            ? renderTable({ ...common, readRate: budget.of })
            : renderMap({
                ...common,
                plane,
                series: rates.series(now),
                point: place && pointOf(place.hashKey),
                ticks,
                resharding: log.latest(),
                now: second,
                onFilter: filterBy,
                onKey,
              })
        }
        <div class="shard-side">
          ${renderNews(log.latest(), task.news(), tree, now)}
          ${renderNarrowed(tree, isFree ? () => readOnly(host) : undefined)}
          ${renderKeyExplainer({
            typed,
            place,
            hues,
            onType: (key) =>
              act(() => {
                typed = key;
              }),
            onFilter: includeKey,
            onReadOnly: isFree
              ? ({ hashKey }) => readOnly(host, { start: hashKey, end: hashKey })
              : undefined,
          })}
          ${
            shard
              ? renderStrip({
                  shard,
                  tree,
                  hues,
                  figures: figures(shard.shardId),
                  onFilter: (withAncestors) => filterBy(shard.shardId, withAncestors),
                  onReadOnly: isFree ? () => readOnly(host, shard.hashKeys) : undefined,
                  task: host.settings().source?.control && task,
                  onClose: () => choose(undefined),
                })
              : nothing
          }
          ${renderHotKeys(ticks, includeKey)}
          ${renderBudget(budget.most())}
        </div>
      </div>`;
    },
    drawn: () => {
      if (!isAsked) return;
      isAsked = false;
      host.element.renderRoot.querySelector<HTMLElement>('.key-input')?.focus();
    },
    reset: () => {
      task.reset();
      about.reset();
      chosen = undefined;
    },
  };
}
