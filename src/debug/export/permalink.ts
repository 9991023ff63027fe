/** What is looked at, as the part of an address behind its `#`. It never holds a token: only what stands here goes into it. */

import { parseTime } from '../filter/quantities.ts';

export interface Permalink {
  readonly filter: string;
  readonly columns: readonly string[];
  /** The open record: where it lies, and when it arrived, so that reading can begin there. */
  readonly record?: LinkedRecord | undefined;
}

export interface LinkedRecord {
  readonly shardId: string;
  readonly sequenceNumber: string;
  readonly subSequenceNumber: number;
  readonly at: number;
}

const PREFIX = '#rivulet?';

/** Empty where there is nothing to tell. */
export function formatPermalink({ filter, columns, record }: Permalink): string {
  const fields = new URLSearchParams();
  if (filter !== '') fields.set('filter', filter);
  for (const path of columns) fields.append('column', path);
  if (record) {
    const { shardId, sequenceNumber, subSequenceNumber, at } = record;
    fields.set('record', `${shardId}/${sequenceNumber}/${subSequenceNumber}`);
    fields.set('at', new Date(at).toISOString());
  }
  return fields.size > 0 ? PREFIX + fields : '';
}

/** `undefined` for what is none of ours. */
export function parsePermalink(hash: string): Permalink | undefined {
  if (!hash.startsWith(PREFIX)) return undefined;
  const fields = new URLSearchParams(hash.slice(PREFIX.length));
  const [, shardId, sequenceNumber = '', sub] =
    /^(.+)\/(\d{1,130})\/(\d{1,9})$/.exec(fields.get('record') ?? '') ?? [];
  const at = Date.parse(fields.get('at') ?? '');
  return {
    filter: fields.get('filter') ?? '',
    columns: fields.getAll('column'),
    record:
      shardId === undefined || Number.isNaN(at)
        ? undefined
        : { shardId, sequenceNumber, subSequenceNumber: Number(sub), at },
  };
}

/** The filter with times that say the same tomorrow: `after:-5m` is another time then. */
export function withAbsoluteTimes(filter: string, now: number): string {
  return filter.replace(
    /(^|\s)(-?(?:after|before)[:=])(\S+)/g,
    (all, space: string, field: string, time: string) => {
      const at = parseTime(time, now);
      return at === undefined ? all : `${space}${field}${new Date(at).toISOString()}`;
    },
  );
}
