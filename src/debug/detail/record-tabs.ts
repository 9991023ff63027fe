/** What each tab shows of a record. */

import { html, nothing, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { formatBytes } from '../format.ts';
import type { RecordRow, Row } from '../reading/rows.ts';
import { keyMd5 } from '../stream/key-md5.ts';
import type { Drawing, ViewHost } from '../types.ts';
import { createAnatomyTab } from './anatomy-tab.ts';
import { referenceOf, renderDiff } from './diff-tab.ts';
import { renderEvent } from './event-tab.ts';
import { renderJourney } from './journey-tab.ts';
import { createJsonTree } from './json-tree.ts';
import { renderKey } from './key-tab.ts';
import { legsOf } from './legs.ts';
import { eventIn, MAX_PARSED_BYTES, type Payload, readPayload } from './payload.ts';
import { createRawTab } from './raw-tab.ts';
import type { PickValue } from './value.ts';

export const TABS = {
  event: 'Event',
  json: 'JSON',
  raw: 'Raw',
  anatomy: 'Anatomy',
  journey: 'Journey',
  key: 'Key',
  diff: 'Diff',
} as const;
export type DetailTab = keyof typeof TABS;

export interface RecordTabs {
  readonly render: (
    tab: DetailTab,
    row: RecordRow,
    hashKey: bigint,
    drawing: Pick<Drawing, 'shards' | 'hues' | 'stats'>,
  ) => unknown;
  /** Another row: nothing of the one before is kept. */
  readonly reset: () => void;
}

export function createRecordTabs(
  host: ViewHost,
  pick: PickValue,
  turnTo: (tab: DetailTab) => void,
): RecordTabs {
  const { act, table } = host;
  /** Of what is drawn anew only when it changed. */
  let version = 0;
  let payload: Payload | undefined;
  const change = (action: () => void): void =>
    act(() => {
      version++;
      action();
    });
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
  const renderPaged = (why: string): TemplateResult => html`<p class="empty">
    ${why} <button @click=${() => turnTo('raw')}>Show it page by page</button>
  </p>`;
  const renderLarge = (): TemplateResult =>
    renderPaged(`More than ${formatBytes(MAX_PARSED_BYTES)} are not read at once.`);
  const renderJson = ({ record }: RecordRow, payload: Payload): TemplateResult => {
    if (payload.kind === 'json') {
      const isEnvelope = eventIn(payload) !== payload.value;
      return tree.render(payload.value, record.event && (isEnvelope ? 'data.' : ''));
    }
    if (payload.kind === 'text') return html`<pre class="detail-bytes">${payload.text}</pre>`;
    return payload.kind === 'large' ? renderLarge() : renderPaged('The data is no text.');
  };

  return {
    render: (tab, row, hashKey, { shards, hues, stats }) => {
      const { record } = row;
      if (tab === 'journey') {
        const at = record.event?.rivulet;
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
        // What is inside a large one takes longer to be decoded than a person waits.
        const isLarge = payload.kind === 'large';
        return renderEvent({
          row,
          value: eventIn(payload),
          instead: isLarge ? renderLarge() : nothing,
          problems: isLarge ? undefined : table.planOf(row),
          hues,
          pick,
          columns,
          toggleColumn: (path) =>
            act(() => (columns.includes(path) ? table.removeColumn(path) : table.addColumn(path))),
        });
      });
    },
    reset: () => {
      payload = undefined;
      tree.reset();
      raw.reset();
      anatomy.reset();
    },
  };
}
