import type { Row } from '../reading/rows.ts';

export type RowFilter = (row: Row) => boolean;

/**
 * Looks for text, without regard to case, in a record's event name, key, message id and data.
 * `undefined` when there is nothing to look for.
 */
export function parseFilter(text: string): RowFilter | undefined {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return undefined;
  const decoder = new TextDecoder();
  const has = (value: string): boolean => value.toLowerCase().includes(wanted);
  return (row) => {
    if (row.kind === 'gap') return has(row.range.lane);
    if (row.kind === 'note') return has(row.text);
    const { event, partitionKey, data } = row.record;
    // Name and message id stand in the data too, but escaped; the cheap fields come first.
    return (
      has(partitionKey) ||
      (event !== undefined && (has(event.event ?? event.type) || has(event.messageId))) ||
      has(decoder.decode(data))
    );
  };
}
