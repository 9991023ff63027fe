/** Moments, lengths of time and sizes, as people type them. */

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const DURATIONS: Readonly<Record<string, number>> = {
  ms: 1,
  s: SECOND_MS,
  m: MINUTE_MS,
  min: MINUTE_MS,
  h: HOUR_MS,
  d: DAY_MS,
};

/** Decimal units, as the table shows them. */
const SIZES: Readonly<Record<string, number>> = { b: 1, k: 1e3, kb: 1e3, m: 1e6, mb: 1e6 };

/** Digits that are milliseconds since 1970, and no year. */
const EPOCH = /^\d{11,}$/;

/** `-5m` from now, `21:20` or `21:20:05.3` of the last 24 hours on the reader's clock, ISO 8601, or milliseconds since 1970. */
export function parseTime(text: string, now: number): number | undefined {
  const [, age, unit = ''] = /^-(\d+(?:\.\d+)?)(\w+)$/.exec(text) ?? [];
  if (age !== undefined) return before(now, Number(age) * (DURATIONS[unit] ?? Number.NaN));
  if (EPOCH.test(text)) return known(Number(text));
  const clock = /^(\d\d?):(\d\d)(?::(\d\d(?:\.\d{1,3})?))?$/.exec(text);
  if (clock) return lastAt(clock, now);
  // Engines take much more for a date than anybody means.
  if (!/^\d{4}-\d\d/.test(text)) return undefined;
  // A day alone would be one of Greenwich.
  return known(Date.parse(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00` : text));
}

/** A number, with a unit or without. */
export function parseAmount(text: string, unit?: 'bytes' | 'time'): number | undefined {
  const [, digits, name = ''] = /^([-+]?\d*\.?\d+(?:e[-+]?\d+)?)\s*([a-z]*)$/i.exec(text) ?? [];
  if (digits === undefined) return undefined;
  if (name === '') return Number(digits);
  const units = unit === 'bytes' ? SIZES : unit === 'time' ? DURATIONS : {};
  return known(Number(digits) * (units[name.toLowerCase()] ?? Number.NaN));
}

/** Where the clock shows this time for the last time before now. */
function lastAt(clock: RegExpExecArray, now: number): number | undefined {
  const [hours, minutes, seconds] = clock.slice(1).map((part) => Number(part ?? 0)) as number[];
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) >= 60) return undefined;
  const date = new Date(now);
  date.setHours(Number(hours), Number(minutes), 0, Math.round(Number(seconds) * SECOND_MS));
  // A day has 23 hours or 25 where the clock is set.
  if (date.getTime() > now) date.setDate(date.getDate() - 1);
  return date.getTime();
}

function before(now: number, ageMs: number): number | undefined {
  return known(now - ageMs);
}

function known(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}
