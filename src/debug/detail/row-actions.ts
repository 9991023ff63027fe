/** What is done with the row that is open, or else selected. */

import type { Row } from '../reading/rows.ts';
import type { ViewHost } from '../types.ts';
import { textOf } from './payload.ts';

/** What rows have in common that are a key apart. */
export type Likeness = 'lane' | 'key';

export interface RowActions {
  /** To the next row like this one: it is opened where one was open. */
  readonly step: (direction: 1 | -1, like: Likeness) => void;
  readonly copy: () => void;
  /** Opens the row. False where it is no record. */
  readonly openRecord: () => boolean;
}

export function createRowActions({ copy, say, session, table }: ViewHost): RowActions {
  const current = (): Row | undefined => {
    const { rows } = session().model;
    const selected = table.selected();
    const row = selected === undefined ? undefined : rows.at(rows.find(selected));
    return table.opened() ?? (row?.id === selected ? row : undefined);
  };
  return {
    step: (direction, like) => {
      const row = current();
      const wanted = row && sharedOf(row, like);
      if (!row || wanted === undefined) return;
      table.go(row);
      const found = table.seek(direction, (other) => sharedOf(other, like) === wanted);
      if (!found) {
        say(`No ${direction > 0 ? 'later' : 'earlier'} row of this ${like} in the window`);
      } else if (table.opened()) table.open(found);
      else table.go(found);
    },
    copy: () => {
      const row = current();
      if (row?.kind === 'record') copy(textOf(row.record.data), 'the JSON');
    },
    openRecord: () => {
      const row = current();
      if (row?.kind !== 'record') return false;
      table.open(row);
      return true;
    },
  };
}

function sharedOf(row: Row, like: Likeness): string | undefined {
  if (row.kind === 'gap' && like === 'lane') return row.range.lane;
  if (row.kind !== 'record') return undefined;
  return like === 'lane' ? row.record.event?.rivulet.lane : row.record.partitionKey;
}
