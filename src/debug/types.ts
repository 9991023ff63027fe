/** What the view is made of: parts that draw, commands that act, and what each of them is given. */

import type { LitElement, TemplateResult } from 'lit';
import type { Client, ClientStats } from '../client/types.ts';
import type { KinesisReader } from '../consumer/options.ts';
import type {
  Consumer,
  LaneAccount,
  LedgerTotals,
  ShardState,
  StartPosition,
} from '../consumer/types.ts';
import type { StreamRecord } from '../protocol/event.ts';
import type { Runtime } from '../runtime.ts';
import type { OpenedRow } from './detail/open-record.ts';
import type { FilterControl } from './filter/types.ts';
import type { LiveState } from './frame/live-state.ts';
import type { Verdict } from './ledger/verdict.ts';
import type { ClientTap } from './page/client-tap.ts';
import type { Session } from './reading/session.ts';
import type { TableControl } from './records/table-control.ts';

/** What can be done to a stream of one's own machine. A stream that production reads is given none. */
export interface StreamControl {
  readonly split: (shardId: string) => Promise<void>;
  /** Two shards whose hash keys touch. */
  readonly merge: (shardIds: readonly [string, string]) => Promise<void>;
}

/** One stream that can be looked at, and the page's way into it. */
export interface Source {
  /** As it stands in the list; the stream's name where there is one source only. */
  readonly name: string;
  /** The stream's name or ARN. */
  readonly stream: string;
  /** What reads it. Without one, `endpoint` is read, with the token that the view asks for. */
  readonly kinesis?: KinesisReader | undefined;
  /** The relay's address, whose read door is used. */
  readonly endpoint?: string | undefined;
  /** Read instead of `kinesis` and `endpoint`. */
  readonly consumer?: Consumer | undefined;
  /** The page's own client; without one only the stream is shown. */
  readonly client?: Client | undefined;
  /** Only for a stream of one's own machine. */
  readonly control?: StreamControl | undefined;
  /** @default 'TRIM_HORIZON', because only a lane that is read from its beginning can be proven whole */
  readonly from?: StartPosition | undefined;
}

/** A filter that the page ships, to be chosen by its name. */
export interface NamedFilter {
  readonly name: string;
  readonly filter: string;
}

/** What the tracking plan has against an event. */
export interface PlanProblem {
  /** Of the field: `properties.price`. */
  readonly path: string;
  readonly message: string;
}

/** Says what the tracking plan has against an event, or that it does not know it. */
export type Plan = (event: StreamRecord) => readonly PlanProblem[] | 'unknown';

/** What the page set on the element. */
export interface ViewSettings {
  readonly source: Source | undefined;
  readonly filters: readonly NamedFilter[];
  /** Paths that are columns of their own: `properties.price`. */
  readonly columns: readonly string[];
  readonly plan: Plan | undefined;
  /** Whether the page's address tells what is looked at. */
  readonly permalinks: boolean;
}

/** The panels that take turns where they do not fit side by side. */
export type PanelName = 'records' | 'shards' | 'queue' | 'ledger';

/** What can be opened over the lower part of the view. */
export type DrawerName = 'metrics' | 'sql';

/** All that one drawing shows, taken at one moment. */
export interface Drawing {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly shards: readonly ShardState[];
  readonly hues: ReadonlyMap<string, number>;
  readonly lanes: readonly LaneAccount[];
  readonly laneById: ReadonlyMap<string, LaneAccount>;
  readonly totals: LedgerTotals;
  /** Of the page's own client, as of its last answer. */
  readonly stats: ClientStats | undefined;
  readonly live: LiveState;
  readonly verdict: Verdict;
  readonly opened: OpenedRow | undefined;
}

/** What a key, a button or the palette does. */
export interface Command {
  readonly id: string;
  /** For people, in the palette and the list of keys: 'Hold or follow'. */
  readonly title: string;
  /**
   * Values of `KeyboardEvent.key`, each its own way: `'j'`, `'M'` (with Shift), `'ArrowDown'`, `' '`. Two keys after each other
   * have a space between them: `'c j'`.
   */
  readonly keys?: readonly string[];
  /**
   * Where its keys act. Never while somebody types.
   * - `view`: anywhere inside the view
   * - `table`: only while the focus is in the table of records, because elsewhere the key has a meaning of its own
   * @default 'view'
   */
  readonly where?: 'view' | 'table';
  /** @default always */
  readonly isOffered?: () => boolean;
  readonly run: () => void;
}

/** A part of the view: a panel, a bar, a drawer. */
export interface Part {
  readonly render: (drawing: Drawing) => TemplateResult | typeof import('lit').nothing;
  /** After the drawing is in the page. */
  readonly drawn?: (drawing: Drawing) => void;
  /** Another session was opened: what was known of the one before is over. */
  readonly reset?: () => void;
  readonly commands?: readonly Command[];
  readonly close?: () => void;
}

/** What the element itself can do: where it is, and what it shows. */
export interface Frame {
  /** Streams to choose from: none or one where there is no choice. */
  readonly sources: () => readonly Source[];
  readonly chooseSource: (index: number) => void;
  readonly isFull: () => boolean;
  readonly toggleFull: () => void;
  /** Whether it goes back to being a bubble. */
  readonly isClosable: () => boolean;
  readonly close: () => void;
  readonly setTheme: (theme: 'light' | 'dark') => void;
}

/** The token with which a source's `endpoint` is read. */
export interface ReadTokenControl {
  /** Whether a person has to give one: there is none, or the relay refused it. */
  readonly isNeeded: () => boolean;
  readonly give: (token: string) => void;
}

/** What a part is given. */
export interface ViewHost {
  readonly element: LitElement;
  readonly runtime: Runtime;
  readonly frame: Frame;
  readonly readToken: ReadTokenControl;
  /** Where the reading began. */
  readonly start: () => StartPosition;
  readonly settings: () => ViewSettings;
  readonly session: () => Session;
  /** What the stream is asked with. */
  readonly reader?: () => KinesisReader | undefined;
  /** What listens to the page's own client. */
  readonly tap: () => ClientTap | undefined;
  readonly table: TableControl;
  readonly filter: FilterControl;
  /** Commands of all parts. */
  readonly commands: () => readonly Command[];
  readonly panel: () => PanelName;
  /** Brings a panel to where it can be seen. */
  readonly show: (panel: PanelName) => void;
  readonly drawer: () => DrawerName | undefined;
  readonly openDrawer: (drawer: DrawerName | undefined) => void;
  /** Does what a person asked for, and draws at once. */
  readonly act: (action: () => void) => void;
  /** Draws soon: something changed by itself. */
  readonly request: () => void;
  /** Puts text into the clipboard, and says so: `what` is what was copied, 'JSON' or 'the proof'. */
  readonly copy: (text: string, what: string) => void;
  /** Says something that a person did in one short line, on the screen and to a screen reader. */
  readonly say: (text: string) => void;
  /** Reads the stream anew, from elsewhere or only in part. */
  readonly reopen: (reading: Reopening) => void;
  /** How it was read anew the last time: nothing where it is read as the page asked for. */
  readonly reading: () => Reopening;
  /** Shows this session in place of the one that is read, as that of a file. */
  readonly replay: (session: Session) => void;
}

export interface Reopening {
  /** @default as before */
  readonly from?: StartPosition;
  /** Shards that do not overlap with it are not read. @default all */
  readonly hashKeys?: { readonly start: bigint; readonly end: bigint } | undefined;
  /** Reading waits when the window is full, so that what was asked for does not leave it again. @default false */
  readonly stopsWhenFull?: boolean;
}
