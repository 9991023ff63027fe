import {
  type CSSResultGroup,
  LitElement,
  nothing,
  type PropertyDeclarations,
  type PropertyValues,
  type TemplateResult,
} from 'lit';
import type { Client } from '../client/types.ts';
import type { KinesisReader } from '../consumer/options.ts';
import type { Consumer, StartPosition } from '../consumer/types.ts';
import { platformRuntime } from '../runtime.ts';
import { styles } from './frame/styles.ts';
import type { NamedFilter, Plan, Source, StreamControl, ViewSettings } from './types.ts';
import { createView, type View } from './view.ts';

/** Properties that say what is read: another value begins another reading. */
const READING = ['kinesis', 'stream', 'from', 'consumer', 'sources', 'endpoint'] as const;

/**
 * The live view of a stream and of this page's way into it.
 *
 * @example
 * const view = document.createElement('rivulet-debug');
 * view.client = client;
 * view.kinesis = createReadDoorClient({ endpoint, token });
 * view.stream = 'clickstream';
 * document.body.append(view);
 */
export class RivuletDebug extends LitElement {
  static override properties: PropertyDeclarations = {
    client: { attribute: false },
    kinesis: { attribute: false },
    consumer: { attribute: false },
    control: { attribute: false },
    from: { attribute: false },
    sources: { attribute: false },
    filters: { attribute: false },
    columns: { attribute: false },
    plan: { attribute: false },
    endpoint: {},
    stream: {},
    mode: { reflect: true },
    theme: { reflect: true },
    permalinks: { type: Boolean },
  };
  static override styles: CSSResultGroup = styles;

  /** The page's own client; without one only the stream is shown. */
  declare client: Client | undefined;
  /** What reads the stream: the relay's read door, Kinesis, or the local stream. */
  declare kinesis: KinesisReader | undefined;
  /** The stream's name or ARN. */
  declare stream: string | undefined;
  /** @default 'TRIM_HORIZON', because only a lane that is read from its beginning can be proven whole */
  declare from: StartPosition | undefined;
  /** Reads from this one, and leaves `kinesis` and `from` alone. */
  declare consumer: Consumer | undefined;
  /** The relay's address, whose read door is used where there is no `kinesis`: the view asks for a read token. */
  declare endpoint: string | undefined;
  /** Splits and merges shards: only for a stream of one's own machine. */
  declare control: StreamControl | undefined;
  /** Several streams to choose from, in place of the properties above. */
  declare sources: readonly Source[] | undefined;
  /** Filters to be chosen by name. */
  declare filters: readonly NamedFilter[] | undefined;
  /** Paths that are columns of their own: `properties.price`. */
  declare columns: readonly string[] | undefined;
  /** Says what the tracking plan has against an event. */
  declare plan: Plan | undefined;
  /** A bubble in the corner that opens the view, a dock at the bottom of the window, or all of its own place. @default 'page' */
  declare mode: 'bubble' | 'dock' | 'page' | undefined;
  /** @default the page's color-scheme */
  declare theme: 'light' | 'dark' | undefined;
  /** Whether the page's address tells what is looked at. @default false */
  declare permalinks: boolean;

  #view: View | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener('keydown', this.#onKey);
    if (this.hasUpdated) this.#open();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener('keydown', this.#onKey);
    this.#view?.close();
    this.#view = undefined;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!this.#view) this.#open();
    else if ([...READING, 'client', 'control'].some((name) => changed.has(name as 'stream'))) {
      this.#view.connect();
    }
  }

  #open(): void {
    this.#view = createView({
      element: this,
      settings: () => this.#settings(),
      runtime: platformRuntime(),
    });
  }

  #settings(): ViewSettings {
    const { stream = '', kinesis, consumer, client, control, endpoint, from } = this;
    const own: Source = {
      name: stream,
      stream,
      kinesis,
      consumer,
      client,
      control,
      endpoint,
      from,
    };
    return {
      source: this.sources?.[0] ?? own,
      filters: this.filters ?? [],
      columns: this.columns ?? [],
      plan: this.plan,
      permalinks: this.permalinks,
    };
  }

  readonly #onKey = (event: KeyboardEvent): void => this.#view?.onKey(event);

  protected override updated(): void {
    this.#view?.drawn();
  }

  protected override render(): TemplateResult | typeof nothing {
    return this.#view?.render() ?? nothing;
  }
}
