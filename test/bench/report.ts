import type { Measurement } from './bench.ts';

const HEADER = ['', 'value', 'baseline', 'ratio', 'target', ''];

/** The value over its baseline's. */
export function ratioOf({ value, baseline }: Measurement): number | undefined {
  return baseline && value / baseline.value;
}

/** Whether the target is reached; `undefined` where none is set. */
export function isMet(measurement: Measurement): boolean | undefined {
  const { target, value } = measurement;
  if (!target) return undefined;
  const reached = target.of === 'value' ? value : ratioOf(measurement);
  if (reached === undefined) return false;
  return target.at === 'most' ? reached <= target.bound : reached >= target.bound;
}

/** A table for people: one line a measurement, with what it stands against. */
export function formatMeasurements(measurements: readonly Measurement[]): string {
  const rows = [HEADER, ...measurements.map(cellsOf)];
  const widths = HEADER.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => {
          const width = widths[column] ?? 0;
          return column === 0 ? cell.padEnd(width) : cell.padStart(width);
        })
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `  ${line}`)
    .join('\n');
}

function cellsOf(measurement: Measurement): string[] {
  const { name, value, unit, baseline, target } = measurement;
  const ratio = ratioOf(measurement);
  const met = isMet(measurement);
  const sign = target?.at === 'most' ? '≤' : '≥';
  return [
    name,
    `${formatNumber(value)} ${unit}`,
    baseline ? `${formatNumber(baseline.value)} (${baseline.name})` : '',
    ratio === undefined ? '' : `× ${formatNumber(ratio)}`,
    target ? `${sign} ${target.of === 'ratio' ? '× ' : ''}${formatNumber(target.bound)}` : '',
    met === undefined ? '' : met ? '✓' : '✗',
  ];
}

/** Three digits that count, and no more. */
function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  return value.toLocaleString('en', {
    maximumSignificantDigits: Math.abs(value) >= 1000 ? 21 : 3,
    maximumFractionDigits: 0,
    roundingPriority: Math.abs(value) >= 1000 ? 'lessPrecision' : 'morePrecision',
  });
}
