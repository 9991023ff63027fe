/** Everything that is drawn of the row that is open. Loaded when there is a row to open. */

import { type CSSResult, html, nothing, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { formatLane } from '../format.ts';
import { renderIcon } from '../frame/icons.ts';
import { type GapRow, labelOf, type NoteRow, type RecordRow, type Row } from '../reading/rows.ts';
import { keyMd5 } from '../stream/key-md5.ts';
import type { Drawing, ViewHost } from '../types.ts';
import { createAnatomyTab } from './anatomy-tab.ts';
import { bodyStyles } from './detail-body-styles.ts';
import { referenceOf, renderDiff } from './diff-tab.ts';
import { renderEvent } from './event-tab.ts';
import { explainGap, explainNote } from './explain.ts';
import { renderJourney } from './journey-tab.ts';
import { createJsonTree } from './json-tree.ts';
import { renderKey } from './key-tab.ts';
import { legsOf } from './legs.ts';
import type { OpenedRow } from './open-record.ts';
import { eventIn, type Payload, readPayload, textOf } from './payload.ts';
import { createRawTab } from './raw-tab.ts';
import { createPick } from './value.ts';

const TABS = {
  event: 'Event',
  json: 'JSON',
  raw: 'Raw',
  anatomy: 'Anatomy',
  journey: 'Journey',
  key: 'Key',
  diff: 'Diff',
} as const;
export type DetailTab = keyof typeof TABS;
const NAMES = Object.keys(TABS) as readonly DetailTab[];

/** Narrower, the detail is a sheet over everything else: layout.ts. */
const SHEET_BELOW_PX = 640;

export interface DetailBody {
  readonly render: (opened: OpenedRow, drawing: Omit<Drawing, 'opened'>) => TemplateResult;
  readonly drawn: (opened: OpenedRow | undefined) => void;
  readonly copy: (row: RecordRow) => void;
  readonly reset: () => void;
}

export interface DetailActions {
  readonly tab: () => DetailTab;
  readonly show: (tab: DetailTab) => void;
  readonly close: () => void;
  readonly step: (direction: 1 | -1, like: 'lane' | 'key') => void;
}

export function createDetailBody(host: ViewHost, actions: DetailActions): DetailBody {
  const { act, element, table } = host;
  let version = 0;
  let current: Row | undefined;
  let payload: Payload | undefined;
  let wasOpen = false;

  adopt(element.renderRoot, bodyStyles);
  const change = (action: () => void): void =>
    act(() => {
      version++;
      action();
    });
  const pick = createPick(host);
  const tree = createJsonTree(host, pick, change);
  const raw = createRawTab(change);
  const anatomy = createAnatomyTab(keyMd5, change, openSub);

  function openSub({ record }: RecordRow, subSequenceNumber: number): void {
    const isIt = (other: Row): boolean =>
      other.kind === 'record' &&
      other.record.sequenceNumber === record.sequenceNumber &&
      other.record.subSequenceNumber === subSequenceNumber;
    const found = table.seek(-1, isIt) ?? table.seek(1, isIt);
    if (found) act(() => table.open(found));
    else host.say('It left the window, or is not there yet');
  }
  const isSheet = (): boolean => element.clientWidth < SHEET_BELOW_PX;
  const within = (selector: string): readonly HTMLElement[] => [
    ...element.renderRoot.querySelectorAll<HTMLElement>(`.detail ${selector}`),
  ];
  const turnTo = (tab: DetailTab): void => {
    act(() => actions.show(tab));
    const [button] = within(`#detail-tab-${tab}`);
    button?.focus();
    button?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  };

  const onKey = (event: KeyboardEvent): void => {
    const target = event.target as HTMLElement;
    if (event.defaultPrevented || event.ctrlKey || event.metaKey) return;
    const { key } = event;
    const turn = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if ((key === 'f' || key === 'F') && target.matches('[data-pick]')) {
      target.dispatchEvent(new MouseEvent('click', { altKey: key === 'F' }));
    } else if (turn) {
      const next = (NAMES.indexOf(actions.tab()) + turn + NAMES.length) % NAMES.length;
      turnTo(NAMES[next] ?? 'event');
    } else if (key !== 'Tab' || !isSheet() || !turnFocus(target, event.shiftKey)) return;
    event.preventDefault();
  };
  /** The sheet covers what is behind it: from its last stop the focus goes to its first, and back. */
  const turnFocus = (target: HTMLElement, isBack: boolean): boolean => {
    const stops = within(':is(button:enabled, [tabindex])').filter(
      (stop) => stop.tabIndex >= 0 && stop.checkVisibility(),
    );
    const [from, to] = isBack ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]];
    if (target === from) to?.focus();
    return target === from;
  };

  const renderTab = (
    row: RecordRow,
    hashKey: bigint,
    { shards, hues, stats }: Omit<Drawing, 'opened'>,
  ): unknown => {
    const tab = actions.tab();
    const { record } = row;
    const at = record.event?.rivulet;
    if (tab === 'journey') {
      const own = at && host.tap()?.journeys.of(at.lane, at.seq);
      const shownAt = host.session().shown.of(row.id);
      return renderJourney(legsOf(record, own, shownAt, stats?.clockOffsetMs));
    }
    if (tab === 'key') return renderKey({ row, hashKey, shards, hues, pick });
    const reference = tab === 'diff' ? referenceOf(host, row) : undefined;
    const { plan } = host.settings();
    const columns = table.columns();
    return guard([row, tab, version, reference?.row, shards.length, plan, columns], () => {
      if (tab === 'raw') return raw.render(row);
      if (tab === 'anatomy') return anatomy.render(row, shards);
      if (tab === 'diff') return renderDiff(row, reference);
      payload ??= readPayload(record.data);
      if (tab === 'json') return renderJson(row, payload);
      // What is inside a large one is decoded when it is asked for, which takes longer than a person waits.
      const isLarge = payload.kind === 'large';
      return renderEvent({
        row,
        value: eventIn(payload),
        instead: isLarge ? renderLarge() : nothing,
        problems: record.event && !isLarge ? plan?.(record.event) : undefined,
        hues,
        pick,
        columns,
        toggleColumn: (path) =>
          act(() => (columns.includes(path) ? table.removeColumn(path) : table.addColumn(path))),
      });
    });
  };
  const renderJson = ({ record }: RecordRow, payload: Payload): TemplateResult => {
    if (payload.kind === 'json') {
      const isEnvelope = eventIn(payload) !== payload.value;
      return tree.render(payload.value, record.event && (isEnvelope ? 'data.' : ''));
    }
    if (payload.kind === 'text') return html`<pre class="detail-bytes">${payload.text}</pre>`;
    return payload.kind === 'large' ? renderLarge() : renderPaged('The data is no text.');
  };
  const renderLarge = (): TemplateResult => renderPaged('More than 1 MB is not read at once.');
  const renderPaged = (why: string): TemplateResult => html`<p class="empty">
    ${why} <button @click=${() => turnTo('raw')}>Show it page by page</button>
  </p>`;

  const renderRecord = (row: RecordRow, opened: OpenedRow, drawing: Omit<Drawing, 'opened'>) => {
    const { type, name } = labelOf(row.record);
    const at = row.record.event?.rivulet;
    const tab = actions.tab();
    return renderFrame(
      name || type,
      at ? `${formatLane(at.lane)}·${at.seq}` : '',
      html`<div class="detail-tabs" role="tablist" aria-label="Views of the record">
          ${NAMES.map(
            (each) => html`<button
              role="tab"
              id="detail-tab-${each}"
              aria-selected=${each === tab}
              aria-controls="detail-shown"
              tabindex=${each === tab ? 0 : -1}
              @click=${() => turnTo(each)}
            >
              ${TABS[each]}
            </button>`,
          )}
        </div>
        <div class="body" id="detail-shown" role="tabpanel" tabindex="0" aria-labelledby="detail-tab-${tab}">
          ${renderTab(row, opened.hashKey ?? 0n, drawing)}
        </div>
        <footer class="detail-bar">
          ${at ? renderSteps('lane', 'p', 'n') : nothing} ${renderSteps('key', '[', ']')}
          <button @click=${() => copy(row)}>Copy JSON</button>
        </footer>`,
    );
  };
  const renderSteps = (like: 'lane' | 'key', back: string, on: string): TemplateResult =>
    html`<span class="detail-steps" role="group" aria-label="Same ${like}"
      ><button aria-label="Previous of this ${like}" title="Previous (${back})" @click=${() => act(() => actions.step(-1, like))}>‹</button
      ><span aria-hidden="true">${like}</span
      ><button aria-label="Next of this ${like}" title="Next (${on})" @click=${() => act(() => actions.step(1, like))}>›</button></span
    >`;
  const renderOther = (row: GapRow | NoteRow, { laneById, stats }: Omit<Drawing, 'opened'>) => {
    const { title, what, why, now, tone } =
      row.kind === 'note'
        ? explainNote(row)
        : explainGap(row, laneById.get(row.range.lane), row.range.lane === stats?.lane);
    const lane = row.kind === 'gap' ? row.range.lane : undefined;
    return renderFrame(
      title,
      '',
      html`<div class="body" tabindex="0" role="group" aria-label="What it means">
          <h4>What</h4>
          <p>${what}</p>
          <h4>Why</h4>
          <p>${why}</p>
          <h4>What now</h4>
          <p class="detail-now" data-tone=${tone ?? nothing}>${now}</p>
        </div>
        ${
          lane === undefined
            ? nothing
            : html`<footer class="detail-bar">
                ${renderSteps('lane', 'p', 'n')}
                <button @click=${() => pick('lane', lane, false)}>Only this lane</button>
                <button @click=${() => host.show('ledger')}>Ledger</button>
              </footer>`
        }`,
    );
  };
  const renderFrame = (title: string, aside: string, inside: TemplateResult): TemplateResult =>
    html`<section
      class="panel detail"
      part="detail"
      aria-labelledby="title-detail"
      role=${isSheet() ? 'dialog' : nothing}
      aria-modal=${isSheet() ? 'true' : nothing}
      @keydown=${onKey}
    >
      <header>
        <h3 id="title-detail">${title}</h3>
        <div class="aside">
          <span class="number">${aside}</span>
          <button class="close" aria-label="Close the detail" title="Close (Esc)" @click=${() => act(actions.close)}>
            ${renderIcon('close')}
          </button>
        </div>
      </header>
      ${inside}
    </section>`;
  const copy = ({ record }: RecordRow): void => host.copy(textOf(record.data), 'the JSON');
  const reset = (): void => {
    payload = undefined;
    tree.reset();
    raw.reset();
    anatomy.reset();
  };

  return {
    render: (opened, drawing) => {
      const { row } = opened;
      if (row !== current) {
        current = row;
        reset();
      }
      return row.kind === 'record' ? renderRecord(row, opened, drawing) : renderOther(row, drawing);
    },
    drawn: (opened) => {
      const isOpen = opened !== undefined;
      if (isOpen && !wasOpen && isSheet()) within('.close')[0]?.focus();
      wasOpen = isOpen;
      if (!isOpen) current = undefined;
    },
    copy,
    reset,
  };
}

function adopt(root: HTMLElement | DocumentFragment, { styleSheet }: CSSResult): void {
  if (!(root instanceof ShadowRoot) || !styleSheet) return;
  if (!root.adoptedStyleSheets.includes(styleSheet)) {
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, styleSheet];
  }
}
