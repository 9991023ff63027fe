/** What can be made of a query's answer: text of a cell, order, CSV, and the chart that fits it. */

import type { ChartData } from '../chart/result-chart.ts';
import type { Result, Value } from './database.ts';

export function textOf(value: Value): string {
  if (value === null) return '';
  if (value instanceof Uint8Array) {
    return `x'${[...value].map((byte) => byte.toString(16).padStart(2, '0')).join('')}'`;
  }
  return String(value);
}

export interface Order {
  readonly column: number;
  readonly isDescending: boolean;
}

/** As SQLite orders: nothing, then numbers, then texts. Equal rows stay in the order they came in. */
export function sortRows(rows: Result['rows'], order: Order | undefined): Result['rows'] {
  if (!order) return rows;
  const sign = order.isDescending ? -1 : 1;
  return [...rows].sort((a, b) => sign * compare(a[order.column] ?? null, b[order.column] ?? null));
}

function compare(a: Value, b: Value): number {
  const ranks = rankOf(a) - rankOf(b);
  if (ranks !== 0) return ranks;
  if (a === null || b === null) return 0;
  if (isNumber(a) && isNumber(b)) return a < b ? -1 : Number(a > b);
  const [one, other] = [textOf(a), textOf(b)];
  return one < other ? -1 : Number(one > other);
}

function rankOf(value: Value): number {
  if (value === null) return 0;
  return isNumber(value) ? 1 : 2;
}

export function isNumber(value: Value | undefined): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

/**
 * RFC 4180, with a text that a spreadsheet would take for a formula behind an apostrophe: what visitors of a page have typed
 * is not to be run where an operator opens it.
 */
export function csvOf({ columns, rows }: Pick<Result, 'columns' | 'rows'>): string {
  const lines = [columns, ...rows].map((cells) => cells.map(csvCell).join(','));
  return `${lines.join('\r\n')}\r\n`;
}

function csvCell(value: Value): string {
  const text = textOf(value);
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A chart tells less with more lines than hues. */
const MAX_SERIES = 8;

/** The first column names the points, the others that are numbers are drawn. `undefined` where there are none. */
export function chartOf({
  columns,
  rows,
}: Pick<Result, 'columns' | 'rows'>): ChartData | undefined {
  const series = columns
    .map((name, index) => ({ name, index }))
    .filter(
      ({ index }) =>
        index > 0 &&
        rows.some((row) => isNumber(row[index])) &&
        rows.every((row) => isNumber(row[index]) || row[index] === null),
    )
    .slice(0, MAX_SERIES)
    .map(({ name, index }) => ({
      name,
      values: rows.map((row) => (isNumber(row[index]) ? Number(row[index]) : undefined)),
    }));
  if (series.length === 0) return undefined;
  return { labels: rows.map((row) => textOf(row[0] ?? null)), series };
}
