/** The event in words: every value a filter, every path a column. */

import { html, nothing, type TemplateResult } from 'lit';
import type { StreamRecord } from '../../protocol/event.ts';
import { isObject } from '../../protocol/parsed.ts';
import { formatBytes, formatDuration, formatShard, formatTime } from '../format.ts';
import { renderShard } from '../frame/shard-badge.ts';
import { latencyOf, type RecordRow } from '../reading/rows.ts';
import type { PlanProblem } from '../types.ts';
import { leavesOf } from './leaves.ts';
import { type PickValue, renderValue } from './value.ts';

export interface EventFacts {
  readonly row: RecordRow;
  /** With its numbers as they were written; of a record without an event whatever JSON it holds. */
  readonly value: unknown;
  /** What the tracking plan says; `undefined` where there is none. */
  readonly problems: readonly PlanProblem[] | 'unknown' | undefined;
  /** Stands where there is no value to show. */
  readonly instead: unknown;
  readonly hues: ReadonlyMap<string, number>;
  readonly pick: PickValue;
  readonly columns: readonly string[];
  readonly toggleColumn: (path: string) => void;
}

interface Line {
  readonly label: string;
  /** Of the filter. Without one the value is only shown. */
  readonly field?: string | undefined;
  readonly value: unknown;
  readonly shown?: unknown;
  readonly note?: string | undefined;
  /** Of the event: it can be a column. */
  readonly path?: string | undefined;
}

/** Said in words above, or by the record's own lines. */
const SAID = new Set([
  ...['type', 'event', 'messageId', 'anonymousId', 'userId', 'rivulet'],
  ...['originalTimestamp', 'timestamp', 'sentAt', 'receivedAt'],
]);

/** Lines of one section: the tree has all. */
const MAX_LINES = 250;

/** What the client's clock may be wrong by before it is worth a word. */
const CLOCK_TOLERANCE_MS = 1_000;

export function renderEvent(facts: EventFacts): TemplateResult {
  const { event } = facts.row.record;
  return html`${renderPlan(facts.problems, event)}
    ${event ? renderLines('Event', linesOfEvent(event), facts) : nothing}
    ${sectionsOf(facts).map(([title, lines]) => renderLines(title, lines, facts))} ${facts.instead}
    ${renderLines('Record', linesOfRecord(facts), facts)}`;
}

function renderPlan(problems: EventFacts['problems'], event: StreamRecord | undefined): unknown {
  const { violations } = event?.rivulet ?? {};
  const list = [
    ...(typeof problems === 'object'
      ? problems.map((each) => `${each.path}: ${each.message}`)
      : []),
    // Other producers write what they like.
    ...(Array.isArray(violations) ? violations.map((text) => `${text} (said the relay)`) : []),
  ];
  if (list.length > 0) {
    return html`<ul class="detail-problems" aria-label="Against the tracking plan">
      ${list.map((text) => html`<li>⚠ ${text}</li>`)}
    </ul>`;
  }
  if (problems === undefined || !event) return nothing;
  return html`<p class="detail-plan muted">
    ${problems === 'unknown' ? '? The tracking plan does not know this event' : '✓ As the tracking plan has it'}
  </p>`;
}

function renderLines(
  title: string,
  lines: readonly Line[],
  { pick, columns, toggleColumn, problems }: EventFacts,
): TemplateResult {
  return html`<h4>${title}</h4>
    <dl class="detail-lines">
      ${lines.map(({ label, field, value, shown, note, path }) => {
        const problem =
          typeof problems === 'object' ? problems.find((each) => each.path === path) : undefined;
        return html`<div ?data-problem=${problem !== undefined}>
          <dt>${label}</dt>
          <dd>
            <span>
              ${renderValue(pick, field, value, shown)}
              ${note ? html`<span class="muted">${note}</span>` : nothing}
              ${problem ? html`<span class="detail-problem">⚠ ${problem.message}</span>` : nothing}
            </span>
            ${
              path
                ? html`<button
                    class="detail-column"
                    aria-pressed=${columns.includes(path)}
                    aria-label="Column ${path}"
                    title=${columns.includes(path) ? 'Remove the column' : 'Add as a column'}
                    @click=${() => toggleColumn(path)}
                  >
                    ${columns.includes(path) ? '−' : '+'}
                  </button>`
                : nothing
            }
          </dd>
        </div>`;
      })}
    </dl>
    ${lines.length < MAX_LINES ? nothing : html`<p class="muted hint">The rest stands in JSON.</p>`}`;
}

function linesOfEvent(event: StreamRecord): readonly Line[] {
  const { rivulet } = event;
  const at = Date.parse(event.timestamp);
  const own = Date.parse(event.originalTimestamp);
  return [
    { label: 'Type', field: 'type', value: event.type },
    { label: 'Name', field: 'event', value: event.event },
    { label: 'Lane', field: 'lane', value: rivulet.lane },
    { label: 'Number', field: 'seq', value: rivulet.seq, note: 'in its lane' },
    { label: 'Message id', field: 'id', value: event.messageId },
    { label: 'Client', field: 'client', value: event.anonymousId },
    { label: 'User', field: 'user', value: event.userId },
    {
      label: 'Captured',
      value: event.timestamp,
      shown: Number.isNaN(at) ? event.timestamp : formatTime(at),
      note:
        Math.abs(at - own) > CLOCK_TOLERANCE_MS
          ? `its own clock said ${formatTime(own)}`
          : undefined,
    },
    { label: 'Source', field: 'rivulet.source', value: rivulet.source },
  ].filter(({ value }) => value !== undefined && value !== null);
}

/** What the page put into it; of a record without an event all that is in it. */
function sectionsOf({ row, value }: EventFacts): readonly (readonly [string, readonly Line[]])[] {
  const isEvent = row.record.event !== undefined;
  if (value === undefined) return [];
  if (!isEvent || !isObject(value)) return [['Data', linesOf('', value, false)]];
  return [...new Set(['properties', 'traits', 'context', ...Object.keys(value)])]
    .filter((name) => !SAID.has(name) && (value[name] ?? undefined) !== undefined)
    .map((name) => [
      name.charAt(0).toUpperCase() + name.slice(1),
      linesOf(name, value[name], true),
    ]);
}

function linesOf(name: string, value: unknown, isEvent: boolean): readonly Line[] {
  return leavesOf(value, '', MAX_LINES).map((leaf): Line => {
    const path = name + (name && leaf.path && '.') + leaf.path;
    const field = isEvent && !leaf.inText ? path : undefined;
    return {
      label: leaf.path || name,
      value: leaf.value,
      field,
      path: field,
      note: leaf.inText ? 'in JSON text' : undefined,
    };
  });
}

function linesOfRecord({ row: { record, verdict, isLate }, hues }: EventFacts): readonly Line[] {
  const latency = latencyOf(record);
  const verdicts = [
    verdict === 'duplicate' && '↻ a copy of an event that came before',
    verdict === 'out_of_order' && '⇅ out of order: a higher number of its lane came before',
    isLate && '◷ read after later rows were shown',
    record.undecoded && `⚠ no valid aggregate (${record.undecoded.replaceAll('_', ' ')})`,
    record.outOfRange && '⚠ its key lies outside the shard’s range',
    record.kclDrops && '⚠ the KCL would drop its aggregate',
  ].filter((text) => text !== false && text !== undefined);
  return [
    {
      label: 'Shard',
      field: 'shard',
      value: formatShard(record.shardId),
      shown: renderShard(record.shardId, hues),
    },
    { label: 'Key', field: 'key', value: record.partitionKey },
    {
      label: 'Sequence',
      value: record.sequenceNumber,
      note:
        record.aggregateCount === undefined
          ? undefined
          : `${record.subSequenceNumber + 1} of ${record.aggregateCount} in its aggregate`,
    },
    { label: 'Size', value: record.data.length, shown: formatBytes(record.data.length) },
    {
      label: 'Arrived',
      value: record.arrivedAt ?? '',
      shown: record.arrivedAt === undefined ? '–' : formatTime(record.arrivedAt),
      note: latency === undefined ? undefined : `${formatDuration(latency)} after capture`,
    },
    ...verdicts.map((text) => ({ label: 'Note', value: text })),
  ];
}
