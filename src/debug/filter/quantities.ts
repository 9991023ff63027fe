/** Moments, lengths of time and sizes, as people type them. */

const DURATIONS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1e3,
  m: 6e4,
  min: 6e4,
  h: 36e5,
  d: 864e5,
};

/** Decimal units, as the table shows them. */
const SIZES: Readonly<Record<string, number>> = { b: 1, k: 1e3, kb: 1e3, m: 1e6, mb: 1e6 };

/** Digits that are milliseconds since 1970, and no year. */
const EPOCH = /^\d{11,}$/;

/** `-5m` from now, `21:20` or `21:20:05.3` of the last 24 hours on the reader's clock, ISO 8601, or milliseconds since 1970. */
export function parseTime(text: string, now: number): number | undefined {
  const [, age, unit = ''] = /^-(\d+(?:\.\d+)?)(\w+)$/.exec(text) ?? [];
  if (age !== undefined) return momentOf(now - Number(age) * (DURATIONS[unit] ?? Number.NaN));
  if (EPOCH.test(text)) return momentOf(Number(text));
  const clock = /^(\d\d?):(\d\d)(?::(\d\d(?:\.\d{1,3})?))?$/.exec(text);
  if (clock) return lastAt(clock, now);
  // Engines take much more for a date than anybody means.
  if (!/^\d{4}-\d\d/.test(text)) return undefined;
  // A day alone would be one of Greenwich.
  return momentOf(Date.parse(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00` : text));
}

/** A number; of `bytes` and of `time` with a unit or without. */
export function parseAmount(text: string, unit?: string): number | undefined {
  const [, digits, name = ''] = /^([-+]?\d*\.?\d+(?:e[-+]?\d+)?)\s*([a-z]*)$/i.exec(text) ?? [];
  if (digits === undefined) return undefined;
  if (name === '') return Number(digits);
  const units = unit === 'bytes' ? SIZES : unit === 'time' ? DURATIONS : {};
  const amount = Number(digits) * (units[name.toLowerCase()] ?? Number.NaN);
  return Number.isNaN(amount) ? undefined : amount;
}

/** Where the clock shows this time for the last time before now. */
function lastAt(clock: RegExpExecArray, now: number): number | undefined {
  const [hours = 0, minutes = 0, seconds = 0] = clock.slice(1).map((part) => Number(part ?? 0));
  if (hours > 23 || minutes > 59 || seconds >= 60) return undefined;
  const date = new Date(now);
  date.setHours(hours, minutes, 0, Math.round(seconds * 1e3));
  // A day has 23 hours or 25 where the clock is set.
  if (date.getTime() > now) date.setDate(date.getDate() - 1);
  return date.getTime();
}

/** A number that a date can have. */
function momentOf(at: number): number | undefined {
  return Number.isNaN(new Date(at).getTime()) ? undefined : at;
}
