import type { Row } from '../reading/rows.ts';

/** What a filter may ask of the view about a row. */
export interface FilterContext {
  /** Milliseconds since 1970, when the filter was set: times like `-5m` count from here and stay where they are. */
  readonly now: number;
  /** Lanes of the page's own client. */
  readonly isMine: (lane: string) => boolean;
  readonly isMarked: (rowId: number) => boolean;
  /** Whether the tracking plan has something against the row's event. */
  readonly isInvalid: (row: Row) => boolean;
}

/** What a filter says about which shards and which time have to be read at all. */
export interface Narrowing {
  readonly partitionKey?: string;
  readonly shardNumbers?: readonly number[];
  /** Milliseconds since 1970. */
  readonly after?: number;
  readonly before?: number;
}

export interface CompiledFilter {
  /** Whether the row is shown. Only of rows that are ready. */
  readonly test: (row: Row) => boolean;
  /** Absent where every row is ready. A row that is not has to be prepared before it is tested. */
  readonly isReady?: (row: Row) => boolean;
  /** Makes rows ready, as far as it can: it never rejects. */
  readonly prepare?: (rows: readonly Row[]) => Promise<void>;
  readonly narrowing: Narrowing | undefined;
  /** What is wrong with the text, which then is looked for as it stands. */
  readonly problem: string | undefined;
  /** The one term that hides the row, by its place among the terms; -1 where it takes more than one, or none. */
  readonly hiderOf?: (row: Row) => number;
  readonly close?: () => void;
}

/** The filter as the other parts see it. Text that says nothing shows every row. */
export interface FilterControl {
  readonly text: () => string;
  /** Replaces the filter. */
  readonly set: (text: string) => void;
  /** Shows only rows with this value: adds a term. The field is a name of the grammar, or a path. */
  readonly include: (field: string, value: string | number | boolean) => void;
  /** Hides rows with this value. */
  readonly exclude: (field: string, value: string | number | boolean) => void;
}
