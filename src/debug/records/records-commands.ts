/** What the keys do in the table of records. */

import { isProblem, type Row } from '../reading/rows.ts';
import type { Command, ViewHost } from '../types.ts';
import { columnsWith, termOf } from './cells.ts';

export interface RecordsCommandsOptions {
  readonly host: ViewHost;
  /** Whether a cell is drawn at this width. */
  readonly isCellShown: (cell: string) => boolean;
  /** Whether a row is still a problem: a gap may have been filled. */
  readonly isOpenProblem: (row: Row) => boolean;
}

export function createRecordsCommands(options: RecordsCommandsOptions): readonly Command[] {
  const { host, isCellShown, isOpenProblem } = options;
  const { table, filter } = host;

  const selected = (): Row | undefined => {
    const id = table.selected();
    const { find, at } = host.session().model.rows;
    const row = id === undefined ? undefined : at(find(id));
    return row?.id === id ? row : undefined;
  };
  /** Does something with the selected row, or says that there is none. */
  const withRow = (act: (row: Row) => void) => (): void => {
    const row = selected();
    if (row) act(row);
    else host.say('Select a row first, with j and k or the arrows');
  };

  const moveCell = (step: 1 | -1) =>
    withRow((row) => {
      const cells = columnsWith(row.kind === 'record' ? table.columns() : []).filter(isCellShown);
      const at = cells.indexOf(table.cell() ?? '');
      // Left of the first cell is the row itself.
      table.setCell(
        at === -1 && step === -1 ? undefined : cells[Math.min(at + step, cells.length - 1)],
      );
    });
  const filterBy = (change: typeof filter.include) =>
    withRow((row) => {
      const term = termOf(row, table.cell() ?? 'event');
      if (term) change(...term);
      else host.say('This cell has no value to filter by');
    });
  const goToProblem = (direction: 1 | -1) => (): void => {
    const row = table.seekShown(direction, (row) => isProblem(row) && isOpenProblem(row));
    if (row) table.go(row);
    else
      host.say(`No problem ${direction === 1 ? 'below' : 'above'}, among the rows that are shown`);
  };
  const goToMark = (): void => {
    const marked = [...table.marked()].sort((a, b) => a - b);
    const { find, at } = host.session().model.rows;
    const after = table.selected() ?? -1;
    const id = marked.find((id) => id > after) ?? marked[0];
    const row = id === undefined ? undefined : at(find(id));
    if (row && row.id === id) table.go(row);
    else host.say(id === undefined ? 'No row is marked' : 'The marked row left the window');
  };
  const refer = withRow((row) => {
    const isSame = table.reference()?.id === row.id;
    table.setReference(isSame ? undefined : row);
    host.say(
      isSame ? 'Times are times of day again' : 'Times count from this row; t again ends it',
    );
  });
  const copy = (what: string, of: (row: Row) => string | undefined) =>
    withRow((row) => {
      const text = of(row);
      if (text === undefined) host.say(`This row has no ${what}`);
      else host.copy(text, `the ${what}`);
    });

  const command = (
    id: string,
    title: string,
    keys: readonly string[],
    run: () => void,
    where: Command['where'] = 'view',
  ): Command => ({ id, title, keys, run, where });

  return [
    command('next', 'Next row', ['j'], () => table.move('next')),
    command('previous', 'Previous row', ['k'], () => table.move('previous')),
    command('down', 'Next row', ['ArrowDown'], () => table.move('next'), 'table'),
    command('up', 'Previous row', ['ArrowUp'], () => table.move('previous'), 'table'),
    command('page-down', 'A page down', ['PageDown'], () => table.move('page-down'), 'table'),
    command('page-up', 'A page up', ['PageUp'], () => table.move('page-up'), 'table'),
    command('first', 'Oldest row', ['Home', 'g'], () => table.move('first'), 'table'),
    command('end', 'Live edge', ['End', 'G'], table.follow),
    command('hold', 'Hold or follow', [' '], table.toggleHold),
    command('open', 'Open the row', ['Enter'], table.openSelected, 'table'),
    command('cell-right', 'Next cell of the row', ['ArrowRight'], moveCell(1), 'table'),
    command('cell-left', 'Previous cell of the row', ['ArrowLeft'], moveCell(-1), 'table'),
    command('filter-cell', 'Show only rows with this value', ['f'], filterBy(filter.include)),
    command('exclude-cell', 'Hide rows with this value', ['F'], filterBy(filter.exclude)),
    command('next-problem', 'Next problem', ['.'], goToProblem(1)),
    command('previous-problem', 'Previous problem', [','], goToProblem(-1)),
    command('mark', 'Mark the row, or take its mark away', ['m'], withRow(table.toggleMark)),
    command('next-mark', 'Next marked row', ['M'], goToMark),
    command('reference', 'Count times from this row', ['t'], refer),
    command(
      'copy-id',
      'Copy the message id',
      ['c i'],
      copy('message id', (row) =>
        row.kind === 'record' ? row.record.event?.messageId : undefined,
      ),
    ),
    command(
      'copy-key',
      'Copy the partition key',
      ['c k'],
      copy('partition key', (row) => (row.kind === 'record' ? row.record.partitionKey : undefined)),
    ),
  ];
}
