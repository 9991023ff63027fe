import { formatShard, formatTime } from '../format.ts';
import { findRow } from '../reading/row-list.ts';
import type { Row } from '../reading/rows.ts';
import type { Command, ViewHost } from '../types.ts';

/** Places of the window that a text may mean: a record by number or id, a moment, a key, a shard. */
export function placesOf(text: string, host: ViewHost): readonly Command[] {
  if (text === '') return [];
  const places: Command[] = [];
  const { rows } = host.session().model;
  const add = (id: string, title: string, run: () => void): void => {
    places.push({ id, title, run });
  };
  const number = /^shard\D*(\d+)$/i.exec(text)?.[1];
  const shard = host
    .session()
    .shards()
    .find(({ shardId }) => formatShard(shardId) === number);
  if (shard && number) {
    add('shard', `Show shard ${number} only`, () => host.filter.include('shard', number));
  }
  const key = /^key:\s*(\S+)$/i.exec(text)?.[1];
  if (key) add('key', `Show the key ${key} only`, () => host.filter.include('key', key));
  const isNumber = /^\d{10,}$/.test(text);
  const isId = /^[\w-]{6,}\.\d+$/.test(text);
  if (isNumber || isId) {
    const row = findRow(
      rows,
      (row) =>
        row.kind === 'record' &&
        (isNumber ? row.record.sequenceNumber === text : row.record.event?.messageId === text),
    );
    if (row) add('record', `Open the record ${text}`, () => host.table.open(row));
  }
  const at = timeOf(text, host.runtime.now());
  if (at !== undefined) {
    const row = findRow(rows, (row) => atOf(row) >= at);
    const title = `Go to ${formatTime(at).slice(0, 8)}`;
    if (row) add('time', title, () => host.table.go(row));
  }
  return places;
}

/** When a row came. */
function atOf(row: Row): number {
  return row.kind === 'record' ? row.record.readAt : row.at;
}

/** `21:19` or `21:19:40`: the last time that it was so late. */
function timeOf(text: string, now: number): number | undefined {
  const parts = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text);
  if (!parts) return undefined;
  const date = new Date(now);
  date.setHours(Number(parts[1]), Number(parts[2]), Number(parts[3] ?? 0), 0);
  if (date.getTime() > now) date.setDate(date.getDate() - 1);
  return date.getTime();
}
