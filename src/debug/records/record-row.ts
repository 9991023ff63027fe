import { html, nothing, type TemplateResult } from 'lit';
import type { LaneAccount } from '../../consumer/types.ts';
import { parseDrop } from '../../protocol/drop.ts';
import type { LaneRange } from '../../protocol/event.ts';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatLane,
  formatRun,
  formatRuns,
  formatTime,
} from '../format.ts';
import { renderIcon } from '../frame/icons.ts';
import { renderShard } from '../frame/shard-badge.ts';
import { overlap } from '../ledger/verdict.ts';
import {
  type GapRow,
  labelOf,
  latencyOf,
  type NoteRow,
  type RecordRow,
  type Row,
} from '../reading/rows.ts';

export interface RowContext {
  readonly hues: ReadonlyMap<string, number>;
  readonly lanes: ReadonlyMap<string, LaneAccount>;
}

/** The cells of one row, in the order of the columns. */
export function renderCells(row: Row, context: RowContext): TemplateResult {
  if (row.kind === 'note') return renderNote(row, context);
  return row.kind === 'record' ? renderRecord(row, context) : renderGap(row, context);
}

/** The tone of a row: what is wrong with it, if anything. */
export function toneOf(row: Row, lanes: ReadonlyMap<string, LaneAccount>): string | undefined {
  if (row.kind === 'gap') return missingOf(row, lanes).length > 0 ? 'gap' : 'filled';
  if (row.kind === 'note') return 'note';
  if (row.verdict === 'duplicate') return 'duplicate';
  return row.record.event?.type === 'drop' ? 'drop' : undefined;
}

function renderRecord({ record, verdict }: RecordRow, { hues }: RowContext): TemplateResult {
  const { event } = record;
  const label = labelOf(record);
  const latency = latencyOf(record);
  return html`<span role="gridcell" class="time">${formatTime(record.arrivedAt ?? record.readAt)}</span>
    <span role="gridcell" class="where">${renderShard(record.shardId, hues)}</span>
    <span role="gridcell" class="key" title=${record.partitionKey}>${record.partitionKey}</span>
    <span role="gridcell" class="event">
      ${renderBadges(record, verdict)}
      <span class="type" data-type=${label.type} data-level=${label.level ?? nothing}
        >${label.type}${label.type === 'log' && label.level ? ` ${label.level}` : nothing}</span
      >
      <span class="name">${label.name || label.path}</span>
      ${label.name && label.path ? html`<span class="path">${label.path}</span>` : nothing}
      ${renderDeclared(record)}
    </span>
    <span role="gridcell" class="lane"
      >${event ? `${formatLane(event.rivulet.lane)}·${event.rivulet.seq}` : '–'}</span
    >
    <span role="gridcell" class="size">${formatBytes(record.data.length)}</span>
    <span role="gridcell" class="latency">${latency === undefined ? '–' : formatDuration(latency)}</span>
    <span role="gridcell" class="aggregate"
      >${
        record.aggregateCount === undefined
          ? nothing
          : html`<span title="Event ${record.subSequenceNumber + 1} of ${record.aggregateCount} in its aggregate"
            >${renderIcon('aggregate')}<span class="unseen">in an aggregate of </span>${record.aggregateCount}</span
          >`
      }</span
    >`;
}

function renderBadges(record: RecordRow['record'], verdict: RecordRow['verdict']): unknown {
  const badges: TemplateResult[] = [];
  if (verdict === 'duplicate')
    badges.push(html`<span class="badge" data-tone="duplicate">↻ copy</span>`);
  if (verdict === 'out_of_order')
    badges.push(html`<span class="badge" data-tone="late">⇅ late</span>`);
  if (record.undecoded)
    badges.push(html`<span class="badge" data-tone="bad">⚠ unread aggregate</span>`);
  if (record.outOfRange)
    badges.push(html`<span class="badge" data-tone="bad">⚠ wrong shard</span>`);
  return badges;
}

function renderDeclared(record: RecordRow['record']): unknown {
  const drop = parseDrop(record.event);
  if (!drop) return nothing;
  const count = drop.ranges.reduce((sum, range) => sum + range.count, 0);
  return html`<span class="path"
    >✂ ${formatLane(drop.lane)}·${formatRuns(drop.ranges)} left out (${formatCount(count)})</span
  >`;
}

function renderGap(row: GapRow, { hues, lanes }: RowContext): TemplateResult {
  const runs = missingOf(row, lanes);
  const { range } = row;
  const lane = formatLane(range.lane);
  const count = runs.reduce((sum, run) => sum + run.count, 0);
  const says =
    count > 0
      ? `${formatCount(count)} missing: ${lane}·${formatRuns(runs)}`
      : `gap closed: ${lane}·${formatRun(range)} arrived later or declared as left out`;
  return html`<span role="gridcell" class="time">${formatTime(row.at)}</span>
    <span role="gridcell" class="where">${renderShard(row.shardId, hues)}</span>
    <span role="gridcell" class="note">
      <span aria-hidden="true">${count > 0 ? '▲' : '△'}</span> ${says}
    </span>`;
}

function renderNote(row: NoteRow, { hues }: RowContext): TemplateResult {
  return html`<span role="gridcell" class="time">${formatTime(row.at)}</span>
    <span role="gridcell" class="where">${row.shardId === undefined ? nothing : renderShard(row.shardId, hues)}</span>
    <span role="gridcell" class="note">${row.text}</span>`;
}

/** What of a gap is still missing: later arrivals and declarations close it. */
function missingOf(row: GapRow, lanes: ReadonlyMap<string, LaneAccount>): LaneRange[] {
  const gaps = lanes.get(row.range.lane)?.gaps ?? [];
  return gaps.flatMap((gap) => {
    const first = Math.max(gap.first, row.range.first);
    const count = overlap(row.range, gap);
    return count > 0 ? [{ lane: row.range.lane, first, count }] : [];
  });
}
