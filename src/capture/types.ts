import type { Position, Properties } from '../protocol/event.ts';
import type { Receipt } from '../protocol/receipt.ts';

/** What a source may do with what it sees. */
export interface CaptureHost {
  readonly track: (event: string, properties?: Properties) => void;
  readonly page: (name?: string, properties?: Properties) => void;
  /** A sign that the page may be left in this very task: what is captured must be written at once. */
  readonly write: () => void;
  /** Listens to what the client does; the answer stops listening. */
  readonly on: <Name extends keyof HostEvents>(
    name: Name,
    listener: (detail: HostEvents[Name]) => void,
  ) => () => void;
  /** The page it watches; sources are started only where there is one. */
  readonly window: Window;
}

/** Of the client's events, those that a source may hear. */
export interface HostEvents {
  /** An event has got its number. */
  captured: Position;
  /** The relay's word on a run of events, of this lane or another. */
  receipt: { readonly receipt: Receipt };
  /** Nothing is sent for now, and why. */
  paused: { readonly reason: string };
  resumed: object;
}

/** Something that captures by itself: given to `createClient({ capture: [ … ] })`, and absent from the bundle otherwise. */
export interface CaptureSource {
  /** As `data-capture` of the script tag names it. */
  readonly name: string;
  /** Begins to watch. The answer undoes everything. */
  readonly start: (host: CaptureHost) => () => void;
}
