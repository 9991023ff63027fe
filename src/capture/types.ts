import type { Properties } from '../protocol/event.ts';

/** What a source may do with what it sees. */
export interface CaptureHost {
  readonly track: (event: string, properties?: Properties) => void;
  readonly page: (name?: string, properties?: Properties) => void;
  /** A sign that the page may be left in this very task: what is captured must be written at once. */
  readonly write: () => void;
  /** The page it watches; sources are started only where there is one. */
  readonly window: Window;
}

/** Something that captures by itself: given to `createClient({ capture: [ … ] })`, and absent from the bundle otherwise. */
export interface CaptureSource {
  /** As `data-capture` of the script tag names it. */
  readonly name: string;
  /** Begins to watch. The answer undoes everything. */
  readonly start: (host: CaptureHost) => () => void;
}
