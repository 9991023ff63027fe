import { html, nothing, type TemplateResult } from 'lit';
import type { LaneAccount } from '../../consumer/types.ts';
import { parseDrop } from '../../protocol/drop.ts';
import type { LaneRange } from '../../protocol/event.ts';
import { timeOf } from '../filter/fields.ts';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatLane,
  formatPlural,
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
  latenessOf,
  type NoteKind,
  type NoteRow,
  type RecordRow,
  type Row,
} from '../reading/rows.ts';
import { nameOf, textOf, valueAt } from './cells.ts';
import type { PlanAnswer } from './plan-check.ts';

export interface RowContext {
  readonly hues: ReadonlyMap<string, number>;
  readonly lanes: ReadonlyMap<string, LaneAccount>;
  /** Runs that are proven to be lost. */
  readonly lost: readonly LaneRange[];
  /** Paths that are columns. */
  readonly paths: readonly string[];
  /** The row that times count from. */
  readonly reference: Row | undefined;
  readonly marked: ReadonlySet<number>;
  readonly planOf: (row: Row) => PlanAnswer;
}

/** The cells of one row, in the order of the columns. What has the class `v` is a value that a click filters by. */
export function renderCells(row: Row, context: RowContext): TemplateResult {
  if (row.kind === 'note') return renderNote(row, context);
  return row.kind === 'record' ? renderRecord(row, context) : renderGap(row, context);
}

/** The tone of a row: what is wrong with it, if anything. */
export function toneOf(
  row: Row,
  { lanes, lost }: Pick<RowContext, 'lanes' | 'lost'>,
): string | undefined {
  if (row.kind === 'note') return TONES[row.note] ?? 'note';
  if (row.kind === 'gap') {
    if (lost.some((run) => run.lane === row.range.lane && overlap(run, row.range) > 0))
      return 'lost';
    return missingOf(row, lanes).length > 0 ? 'gap' : 'filled';
  }
  if (row.verdict === 'duplicate') return 'duplicate';
  return row.record.event?.type === 'drop' ? 'drop' : undefined;
}

/** Notes about what is wrong. */
const TONES: Readonly<Partial<Record<NoteKind, string>>> = {
  loss: 'lost',
  failed: 'gap',
  throttled: 'gap',
};

const SIGNS: Readonly<Record<NoteKind, string>> = {
  split: '⇉',
  merge: '⇇',
  loss: '✕',
  throttled: '▨',
  expired: '↺',
  failed: '⚠',
  narrowed: '◐',
  resumed: '✓',
};

function renderRecord(row: RecordRow, context: RowContext): TemplateResult {
  const { record } = row;
  const { event, partitionKey, aggregateCount } = record;
  const label = labelOf(record);
  const latency = latencyOf(record);
  return html`${renderTime(row, context)}
    <span role="gridcell" class="where v" data-cell="where">${renderShard(record.shardId, context.hues)}</span>
    <span role="gridcell" class="key v" data-cell="key" title=${partitionKey}>${partitionKey}</span>
    <span role="gridcell" class="event" data-cell="event">
      ${renderBadges(row, context)}
      <span class="type v" data-f="type" data-type=${label.type} data-level=${label.level ?? nothing}
        >${label.type}${label.type === 'log' && label.level ? ` ${label.level}` : nothing}</span
      >
      <span class="name v" data-f="event">${label.name || label.path}</span>
      ${label.name && label.path ? html`<span class="path v" data-f="path">${label.path}</span>` : nothing}
      ${renderDeclared(record)}
    </span>
    ${renderExtras(row, context)}
    <span role="gridcell" class="lane ${event ? 'v' : ''}" data-cell="lane"
      >${event ? `${formatLane(event.rivulet.lane)}·${event.rivulet.seq}` : '–'}</span
    >
    <span role="gridcell" class="size v" data-cell="size">${formatBytes(record.data.length)}</span>
    <span role="gridcell" class="latency" data-cell="latency"
      >${latency === undefined ? '–' : formatDuration(latency)}</span
    >
    <span role="gridcell" class="aggregate" data-cell="aggregate"
      >${
        aggregateCount === undefined
          ? nothing
          : html`<span class="v" data-f="aggregate" title="Event ${record.subSequenceNumber + 1} of ${aggregateCount} in its aggregate"
            >${renderIcon('aggregate')}<span class="unseen">in an aggregate of </span>${aggregateCount}</span
          >`
      }</span
    >`;
}

function renderExtras(row: RecordRow, { paths }: RowContext): unknown {
  if (paths.length === 0) return nothing;
  return html`<span class="extras" role="presentation"
    >${paths.map((path) => {
      const value = textOf(valueAt(row, path));
      return html`<span role="gridcell" class="extra ${value === '' ? '' : 'v'}" data-cell=${path} data-name=${nameOf(path)} title=${value}
        >${value}</span
      >`;
    })}</span
  >`;
}

function renderTime(row: Row, { reference }: RowContext): TemplateResult {
  const at = timeOf(row);
  return html`<span role="gridcell" class="time v" data-cell="time" title=${reference ? formatTime(at) : nothing}
    >${reference ? formatDelta(at - timeOf(reference)) : formatTime(at)}</span
  >`;
}

/** `+0.004`, in seconds; longer ones in words. */
function formatDelta(deltaMs: number): string {
  const length = Math.abs(deltaMs);
  const sign = deltaMs < 0 ? '−' : '+';
  return `${sign}${length < 100_000 ? `${(length / 1000).toFixed(3)} s` : formatDuration(length)}`;
}

/** Text, tone, what it means, and by which state the filter finds it. */
type Badge = readonly [text: string, tone: string, title: string, state?: string];

function renderBadges(row: RecordRow, { marked, planOf }: RowContext): unknown {
  const { record, verdict, isLate } = row;
  const badges: Badge[] = [];
  if (marked.has(row.id)) badges.push(['⚑ marked', 'mark', 'Marked here (m)', 'marked']);
  if (isLate) {
    badges.push([
      '◷',
      'plain',
      'Read after rows that arrived later were shown: rows never move, so it stands here',
    ]);
  }
  if (verdict === 'duplicate') {
    badges.push(['↻ copy', 'duplicate', 'This event was read before', 'dup']);
  }
  if (verdict === 'out_of_order') {
    badges.push([
      '⇅ out of order',
      'late',
      'A higher number of its lane came before it',
      'reordered',
    ]);
  }
  const lateness = latenessOf(record);
  if (lateness !== undefined) {
    const title = 'From its capture to its arrival: it was captured offline, or waited somewhere';
    badges.push([`late ${formatDuration(lateness)}`, 'late', title, 'late']);
  }
  if (record.undecoded) {
    badges.push([
      '⚠ unread aggregate',
      'bad',
      `It begins as an aggregate, but: ${record.undecoded}`,
    ]);
  }
  if (record.outOfRange) {
    badges.push(['⚠ wrong shard', 'bad', 'Its key’s hash belongs to another shard']);
  }
  if (record.kclDrops) {
    const title =
      'A key in its aggregate is outside of the shard: the Kinesis Client Library drops the whole aggregate, and says nothing';
    badges.push(['⚠ the KCL would drop it', 'bad', title]);
  }
  const answer = planOf(row);
  if (answer === 'unknown') {
    badges.push(['? not in plan', 'plain', 'The tracking plan does not know this event']);
  } else if (answer?.length) {
    const title = answer.map(({ path, message }) => `${path} ${message}`.trim()).join('\n');
    badges.push([`✕ ${formatPlural(answer.length, 'problem')}`, 'bad', title, 'invalid']);
  } else if (answer) badges.push(['✓', 'ok', 'As the tracking plan has it']);
  return badges.map(
    ([text, tone, title, state]) =>
      html`<span class="badge ${state ? 'v' : ''}" data-tone=${tone} title=${title} data-f=${state ? `is:${state}` : nothing}
        >${text}${/\w/.test(text) ? nothing : html`<span class="unseen">${title}</span>`}</span
      >`,
  );
}

function renderDeclared(record: RecordRow['record']): unknown {
  const drop = parseDrop(record.event);
  if (!drop) return nothing;
  const count = drop.ranges.reduce((sum, range) => sum + range.count, 0);
  return html`<span class="path"
    >✂ ${formatLane(drop.lane)}·${formatRuns(drop.ranges)} left out (${formatCount(count)})</span
  >`;
}

function renderGap(row: GapRow, context: RowContext): TemplateResult {
  const { range } = row;
  const runs = missingOf(row, context.lanes);
  const lane = formatLane(range.lane);
  const count = runs.reduce((sum, run) => sum + run.count, 0);
  const lost = context.lost
    .filter((run) => run.lane === range.lane)
    .reduce((sum, run) => sum + overlap(run, range), 0);
  const word =
    lost === 0 ? 'missing' : lost < count ? `missing, ${formatCount(lost)} of them lost` : 'lost';
  const says =
    count > 0
      ? `${formatCount(count)} ${word}: ${lane}·${formatRuns(runs)}`
      : `gap closed: ${lane}·${formatRun(range)} arrived later or declared as left out`;
  return renderLine(row, count > 0 ? '▲' : '△', says, context);
}

function renderNote(row: NoteRow, context: RowContext): TemplateResult {
  return renderLine(row, SIGNS[row.note], row.text, context);
}

function renderLine(
  row: GapRow | NoteRow,
  sign: string,
  says: string,
  context: RowContext,
): TemplateResult {
  const { shardId } = row;
  return html`${renderTime(row, context)}
    <span role="gridcell" class="where v" data-cell="where"
      >${shardId === undefined ? nothing : renderShard(shardId, context.hues)}</span
    >
    <span role="gridcell" class="note" data-cell="event" title=${says}
      ><span aria-hidden="true">${sign}</span> ${says}</span
    >`;
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
