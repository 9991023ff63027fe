/** Everything that is drawn of the row that is open. Loaded when there is a row to open. */

import { type CSSResult, html, nothing, type TemplateResult } from 'lit';
import type { LaneAccount } from '../../consumer/types.ts';
import { formatLane } from '../format.ts';
import { renderIcon } from '../frame/icons.ts';
import { type GapRow, labelOf, type NoteRow, type RecordRow, type Row } from '../reading/rows.ts';
import type { Drawing, ViewHost } from '../types.ts';
import { bodyStyles } from './detail-body-styles.ts';
import { explainGap, explainNote } from './explain.ts';
import { renderJourney } from './journey-tab.ts';
import { ownLegsOf } from './legs.ts';
import type { OpenedRow } from './open-record.ts';
import { createRecordTabs, type DetailTab, TABS } from './record-tabs.ts';
import { createRowActions, type Likeness, type RowActions } from './row-actions.ts';
import { createPick } from './value.ts';

const NAMES = Object.keys(TABS) as readonly DetailTab[];

/** Narrower, the detail is a sheet over everything else: layout.ts. */
const SHEET_BELOW_PX = 640;

export interface DetailBody {
  readonly render: (opened: OpenedRow, drawing: Omit<Drawing, 'opened'>) => TemplateResult;
  readonly drawn: (opened: OpenedRow | undefined) => void;
  readonly reset: () => void;
  readonly step: RowActions['step'];
  readonly copy: () => void;
  /** Shows what is different to the marked row. */
  readonly compare: () => void;
}

/** @param close also brings the focus back to the table */
export function createDetailBody(host: ViewHost, close: () => void): DetailBody {
  const { act, element } = host;
  const { step, copy, openRecord } = createRowActions(host);
  let tab: DetailTab = 'event';
  let current: Row | undefined;
  let wasOpen = false;

  adopt(element.renderRoot, bodyStyles);
  const pick = createPick(host);
  const isSheet = (): boolean => element.clientWidth < SHEET_BELOW_PX;
  const within = (selector: string): readonly HTMLElement[] => [
    ...element.renderRoot.querySelectorAll<HTMLElement>(`.detail ${selector}`),
  ];
  const turnTo = (next: DetailTab): void => {
    act(() => {
      tab = next;
    });
    const [button] = within(`#detail-tab-${next}`);
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
      const next = (NAMES.indexOf(tab) + turn + NAMES.length) % NAMES.length;
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

  const tabs = createRecordTabs(host, pick, turnTo);

  const renderRecord = (row: RecordRow, opened: OpenedRow, drawing: Omit<Drawing, 'opened'>) => {
    const { type, name } = labelOf(row.record);
    const at = row.record.event?.rivulet;
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
          ${tabs.render(tab, row, opened.hashKey ?? 0n, drawing)}
        </div>
        <footer class="detail-bar">
          ${at ? renderSteps('lane', 'p', 'n') : nothing} ${renderSteps('key', '[', ']')}
          <button aria-label="Copy JSON" title="Copy JSON (c j)" @click=${copy}>Copy</button>
        </footer>`,
    );
  };
  const renderSteps = (like: Likeness, back: string, on: string): TemplateResult =>
    html`<span class="detail-steps" role="group" aria-label="Same ${like}"
      ><button aria-label="Previous of this ${like}" title="Previous (${back})" @click=${() => act(() => step(-1, like))}>‹</button
      ><span aria-hidden="true">${like}</span
      ><button aria-label="Next of this ${like}" title="Next (${on})" @click=${() => act(() => step(1, like))}>›</button></span
    >`;
  const renderOther = (
    row: GapRow | NoteRow,
    { laneById, stats, verdict }: Omit<Drawing, 'opened'>,
  ) => {
    const { title, what, why, now, tone } =
      row.kind === 'note'
        ? explainNote(row)
        : explainGap(
            row,
            laneById.get(row.range.lane),
            row.range.lane === stats?.lane,
            verdict.lost,
          );
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
          ${row.kind === 'gap' ? renderAbsent(row, laneById.get(row.range.lane)) : nothing}
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
  /** How far the first event of a gap came, as this page's client tells it. */
  const renderAbsent = ({ range }: GapRow, account: LaneAccount | undefined) => {
    const gap = account?.gaps.find(
      ({ first, count }) => first + count > range.first && first < range.first + range.count,
    );
    const seq = Math.max(range.first, gap?.first ?? range.first);
    const own = gap && host.tap()?.journeys.of(range.lane, seq);
    return own ? renderJourney(ownLegsOf(own), `${formatLane(range.lane)}·${seq}`) : nothing;
  };
  const renderFrame = (title: string, aside: string, inside: TemplateResult): TemplateResult => {
    const isOver = isSheet();
    return html`<section
      class="panel detail"
      part="detail"
      aria-labelledby="title-detail"
      role=${isOver ? 'dialog' : nothing}
      aria-modal=${isOver ? 'true' : nothing}
      @keydown=${onKey}
    >
      <header>
        <h3 id="title-detail">${title}</h3>
        <div class="aside">
          <span class="number">${aside}</span>
          <button class="close" aria-label="Close the detail" title="Close (Esc)" @click=${() => act(close)}>
            ${renderIcon('close')}
          </button>
        </div>
      </header>
      ${inside}
    </section>`;
  };

  return {
    render: (opened, drawing) => {
      const { row } = opened;
      if (row !== current) {
        current = row;
        tabs.reset();
      }
      return row.kind === 'record' ? renderRecord(row, opened, drawing) : renderOther(row, drawing);
    },
    drawn: (opened) => {
      const isOpen = opened !== undefined;
      if (isOpen && !wasOpen && isSheet()) within('.close')[0]?.focus();
      wasOpen = isOpen;
      if (!isOpen) current = undefined;
    },
    reset: tabs.reset,
    step,
    copy,
    compare: () => {
      if (openRecord()) tab = 'diff';
    },
  };
}

function adopt(root: HTMLElement | DocumentFragment, { styleSheet }: CSSResult): void {
  if (!(root instanceof ShadowRoot) || !styleSheet) return;
  if (!root.adoptedStyleSheets.includes(styleSheet)) {
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, styleSheet];
  }
}
