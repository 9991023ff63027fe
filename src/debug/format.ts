import type { LaneRange } from '../protocol/event.ts';

const COUNT = new Intl.NumberFormat('en-US');
const KILOBYTE = 1000;

export function formatCount(count: number): string {
  return COUNT.format(count);
}

/** `1 event`, `12 events`. */
export function formatPlural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** Decimal units, as AWS bills and the networks' panels show them. */
export function formatBytes(bytes: number): string {
  if (bytes < KILOBYTE) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes / KILOBYTE;
  let unit = 0;
  for (; value >= KILOBYTE && unit < units.length - 1; unit++) value /= KILOBYTE;
  return `${value < 10 ? value.toFixed(1) : COUNT.format(Math.round(value))} ${units[unit]}`;
}

/** A length of time with two or three figures: `7 ms`, `1.24 s`, `3 min`, `5 h`, `2 days`. */
export function formatDuration(durationMs: number): string {
  const sign = durationMs < 0 ? '−' : '';
  const length = Math.abs(durationMs);
  if (length < 1000) return `${sign}${Math.round(length)} ms`;
  const seconds = length / 1000;
  if (seconds < 100) return `${sign}${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;
  const minutes = seconds / 60;
  if (minutes < 100) return `${sign}${Math.round(minutes)} min`;
  const hours = minutes / 60;
  return hours < 48 ? `${sign}${Math.round(hours)} h` : `${sign}${Math.round(hours / 24)} days`;
}

/** How old something is, coarse enough to be read while it changes: `0.8 s`, `41 s`, `3 min`. */
export function formatAge(ageMs: number): string {
  const age = Math.max(0, ageMs);
  if (age < 10_000) return `${(age / 1000).toFixed(1)} s`;
  return age < 100_000 ? `${Math.round(age / 1000)} s` : formatDuration(age);
}

/** The time of day with milliseconds, as the reader's clock shows it. */
export function formatTime(at: number): string {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, '0');
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${clock}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** `43–47`, or `43` for a run of one. */
export function formatRun({ first, count }: Omit<LaneRange, 'lane'>): string {
  return count === 1 ? `${first}` : `${first}–${first + count - 1}`;
}

/** Runs named in one line. */
const MAX_RUNS = 4;

/** `43–47, 51`; the first of them where they are many. */
export function formatRuns(runs: readonly Omit<LaneRange, 'lane'>[]): string {
  const more = runs.length > MAX_RUNS ? ', …' : '';
  return runs.slice(0, MAX_RUNS).map(formatRun).join(', ') + more;
}

/** `queue full`, for `queue_full`. */
export function formatReason(reason: string): string {
  return reason.replaceAll('_', ' ');
}

/** `12 queue full, 3 sampled`. */
export function formatReasons(events: Readonly<Partial<Record<string, number>>>): string {
  return Object.entries(events)
    .map(([reason, count = 0]) => `${formatCount(count)} ${formatReason(reason)}`)
    .join(', ');
}

/** The beginning of a lane's id: enough to tell two lanes of a screen apart. */
export function formatLane(lane: string): string {
  return lane.slice(0, 5);
}

/** `shardId-000000000003` is shard 3. Other names stay as they are. */
export function formatShard(shardId: string): string {
  const number = /^shardId-0*(\d+)$/.exec(shardId)?.[1];
  return number ?? shardId;
}
