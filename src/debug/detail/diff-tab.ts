/** What is different between two records. */

import { html, type TemplateResult } from 'lit';
import { formatLane, formatPlural } from '../format.ts';
import type { RecordRow, Row } from '../reading/rows.ts';
import type { ViewHost } from '../types.ts';
import { type Change, diffOf } from './diff.ts';
import { eventIn, readPayload } from './payload.ts';
import { cutText } from './value.ts';

/** Rows looked through for one of the same name. */
const MAX_LOOKED_AT = 2_000;

/** Of no two events they are the same. */
const ALWAYS: readonly string[] = [
  ...['messageId', 'rivulet.seq'],
  ...['originalTimestamp', 'timestamp', 'sentAt', 'receivedAt'],
];

const SIGNS = { added: '+', removed: '−', changed: '±' } as const;

/** What a record is compared with: the row that was marked last, or the one of the same name before it in its lane. */
export function referenceOf(
  { table, session }: Pick<ViewHost, 'table' | 'session'>,
  row: RecordRow,
): { readonly row: RecordRow; readonly isMarked: boolean } | undefined {
  const { rows } = session().model;
  const byId = (id: number): Row | undefined => rows.at(rows.find(id));
  for (const id of [...table.marked()].reverse()) {
    const marked = byId(id);
    if (id !== row.id && marked?.id === id && marked.kind === 'record') {
      return { row: marked, isMarked: true };
    }
  }
  const { event } = row.record;
  const end = Math.max(rows.first(), rows.find(row.id) - MAX_LOOKED_AT);
  for (let at = rows.find(row.id) - 1; event && at >= end; at--) {
    const other = rows.at(at);
    const its = other?.kind === 'record' ? other.record.event : undefined;
    if (
      other?.kind === 'record' &&
      its?.type === event.type &&
      its.event === event.event &&
      its.rivulet.lane === event.rivulet.lane
    ) {
      return { row: other, isMarked: false };
    }
  }
  return undefined;
}

export function renderDiff(
  row: RecordRow,
  reference: ReturnType<typeof referenceOf>,
): TemplateResult {
  if (!reference) {
    return html`<p class="empty">
      Mark a row with m, then open another: here stands what is different. There is none before this one to
      compare it with.
    </p>`;
  }
  const { row: other, isMarked } = reference;
  const all = changesOf(other, row);
  if (!all)
    return html`<p class="empty">One of the two is too large to be compared, or no text.</p>`;
  const changes = all.filter(({ path }) => !ALWAYS.includes(path));
  return html`<h4>
      ${changes.length === 0 ? 'No difference' : formatPlural(changes.length, 'difference')}
      <span class="number muted">${isMarked ? 'marked' : 'before'} ${placeOf(other)} → ${placeOf(row)}</span>
    </h4>
    <ul class="detail-diff">
      ${changes.map(renderChange)}
    </ul>
    ${
      all.length > changes.length
        ? html`<p class="muted hint">Left out: number, id and times, which always differ.</p>`
        : ''
    }`;
}

function renderChange({ path, kind, before, after }: Change): TemplateResult {
  return html`<li>
    <span class="number" aria-hidden="true">${SIGNS[kind]}</span>
    <span><b>${path || 'all'}</b> <span class="unseen">${kind}</span>
      ${before === undefined ? '' : html`<del>${cutText(before)}</del>`}
      ${after === undefined ? '' : html`<ins>${cutText(after)}</ins>`}
    </span>
  </li>`;
}

function changesOf(before: RecordRow, after: RecordRow): readonly Change[] | undefined {
  const payloads = [before, after].map(({ record }) => readPayload(record.data));
  if (payloads.some(({ kind }) => kind === 'large' || kind === 'binary')) return undefined;
  const [first, second] = payloads.map((payload) =>
    payload.kind === 'text' ? payload.text : eventIn(payload),
  );
  return diffOf(first, second);
}

function placeOf({ record }: RecordRow): string {
  const at = record.event?.rivulet;
  return at ? `${formatLane(at.lane)}·${at.seq}` : `…${record.sequenceNumber.slice(-6)}`;
}
