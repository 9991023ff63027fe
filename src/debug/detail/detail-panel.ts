import { type CSSResult, css, html, nothing, type TemplateResult } from 'lit';
import type { ConsumedRecord, ShardState } from '../../consumer/types.ts';
import { isInRange } from '../../protocol/partition-key.ts';
import { formatBytes, formatCount, formatDuration, formatTime } from '../format.ts';
import { renderIcon } from '../frame/icons.ts';
import { renderPanel } from '../frame/panel.ts';
import { renderShard } from '../frame/shard-badge.ts';
import { labelOf, type Row } from '../reading/rows.ts';
import type { Part, ViewHost } from '../types.ts';
import type { Leg, Station } from './journey.ts';
import { renderJson } from './json-view.ts';

interface DetailFacts {
  readonly row: Row;
  readonly hashKey: bigint | undefined;
  readonly text: string;
  readonly legs: readonly Leg[];
  readonly shards: readonly ShardState[];
  readonly hues: ReadonlyMap<string, number>;
  readonly onCopy: () => void;
  readonly onClose: () => void;
}

const STATIONS: Record<Station, string> = {
  captured: 'Captured',
  logged: 'In the log',
  sent: 'Sent',
  relay: 'At the relay',
  arrived: 'In the stream',
  receipt: 'Receipt',
  read: 'Read',
  shown: 'Shown',
};

/** All that is known of the row that is open. */
export function createDetail(host: ViewHost): Part {
  const close = (): void => {
    host.table.close();
    host.element.renderRoot.querySelector<HTMLElement>('.grid')?.focus();
  };
  return {
    render: ({ opened, shards, hues }) =>
      opened
        ? renderDetail({
            ...opened,
            legs: opened.legs(host.tap()?.journeys, host.session().shown.of(opened.row.id)),
            shards,
            hues,
            onCopy: () => host.copy(opened.text, 'the JSON'),
            onClose: () => host.act(close),
          })
        : nothing,
    commands: [{ id: 'close', title: 'Close the detail', keys: ['Escape'], run: close }],
  };
}

function renderDetail(facts: DetailFacts): TemplateResult {
  const { row } = facts;
  const close = html`<button class="close" aria-label="Close the detail" title="Close (Esc)" @click=${facts.onClose}>
    ${renderIcon('close')}
  </button>`;
  if (row.kind === 'gap') {
    return renderPanel(
      'detail',
      'Gap',
      close,
      html`<p class="empty">
        When ${row.range.lane}.${row.range.first + row.range.count} arrived, the numbers before it from
        ${row.range.first} on had not. A later copy or a declared drop closes the gap; until then the ledger counts them
        as missing.
      </p>`,
    );
  }
  if (row.kind === 'note') {
    return renderPanel('detail', 'Note', close, html`<p class="empty">${row.text}</p>`);
  }
  const label = labelOf(row.record);
  const aside = html`<button @click=${facts.onCopy}>Copy JSON</button>${close}`;
  return renderPanel(
    'detail',
    label.name || label.type,
    aside,
    html`<div class="body" tabindex="0" role="group" aria-label="Detail of the record, scrollable">
      ${facts.legs.length > 1 ? renderJourney(facts.legs) : nothing}
      <h4>Event</h4>
      ${renderJson(facts.text)}
      <h4>Record</h4>
      ${renderFacts(row.record, facts)}
    </div>`,
  );
}

function renderJourney(legs: readonly Leg[]): TemplateResult {
  const start = legs[0]?.at ?? 0;
  const whole = Math.max(1, ...legs.map((leg) => leg.at - start));
  const isGuess = legs.some((leg) => leg.approximate);
  return html`<h4>
      Journey
      <span class="number muted">${formatDuration(whole)} from capture to ${legs.at(-1)?.station}</span>
    </h4>
    <ol class="journey">
      ${legs.map((leg) => {
        const end = ((leg.at - start) / whole) * 100;
        const width = (Math.max(0, leg.tookMs) / whole) * 100;
        return html`<li>
          <span class="station">${STATIONS[leg.station]}</span>
          <span class="lane-bar" aria-hidden="true"
            ><span
              ?data-guess=${leg.approximate}
              style="inset-inline-start: ${Math.max(0, end - width)}%; inline-size: ${width}%"
            ></span
          ></span>
          <span class="number took" title=${formatTime(leg.at)}
            >${leg.approximate ? '≈ ' : ''}${leg === legs[0] ? formatTime(leg.at) : `${leg.tookMs < 0 ? '' : '+'}${formatDuration(leg.tookMs)}`}</span
          >
          ${leg.note ? html`<span class="muted leg-note">${leg.note}</span>` : nothing}
        </li>`;
      })}
    </ol>
    ${isGuess ? html`<p class="muted hint">≈ another clock than this page’s: the leg is a guess.</p>` : nothing}`;
}

function renderFacts(
  record: ConsumedRecord,
  { hashKey, shards, hues }: DetailFacts,
): TemplateResult {
  const predicted =
    hashKey === undefined
      ? undefined
      : shards.find((shard) => shard.status !== 'closed' && isInRange(hashKey, shard.hashKeys));
  return html`<dl class="facts">
    <dt>Shard</dt>
    <dd>${renderShard(record.shardId, hues)} <span class="number">${record.shardId}</span></dd>
    <dt>Sequence</dt>
    <dd class="number">${record.sequenceNumber}</dd>
    <dt>Sub-sequence</dt>
    <dd class="number">
      ${
        record.aggregateCount === undefined
          ? 'a record of its own'
          : `${record.subSequenceNumber}, in an aggregate of ${formatCount(record.aggregateCount)}`
      }
    </dd>
    <dt>Partition key</dt>
    <dd class="number">${record.partitionKey}</dd>
    <dt>Its MD5</dt>
    <dd class="number">${hashKey === undefined ? '–' : hashKey.toString(16).padStart(32, '0')}</dd>
    <dt>Falls into</dt>
    <dd>
      ${
        predicted
          ? html`${renderShard(predicted.shardId, hues)}
            ${predicted.shardId === record.shardId ? 'as predicted' : 'today; it was written elsewhere'}`
          : 'no open shard known'
      }
    </dd>
    <dt>Arrived</dt>
    <dd class="number">${record.arrivedAt === undefined ? '–' : `≈ ${formatTime(record.arrivedAt)}`}</dd>
    <dt>Data</dt>
    <dd class="number">${formatBytes(record.data.length)}</dd>
  </dl>`;
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
  .journey li {
    display: grid;
    grid-template-columns: 88px minmax(40px, 1fr) 92px;
    align-items: center;
    column-gap: 8px;
    min-block-size: 22px;
    font-size: 12px;
  }
  .lane-bar {
    position: relative;
    block-size: 8px;
    border-radius: 4px;
    background: var(--background);
  }
  .lane-bar span {
    position: absolute;
    inset-block: 0;
    min-inline-size: 2px;
    max-inline-size: 100%;
    border-radius: 3px;
    background: var(--accent);
  }
  .lane-bar span[data-guess] {
    background: color-mix(in srgb, var(--accent), transparent 55%);
  }
  .took {
    min-inline-size: 76px;
    font-size: 11.5px;
    text-align: end;
  }
  .leg-note {
    display: none;
  }
  .hint {
    margin-block-start: 4px;
    font-size: 11px;
  }
`;
