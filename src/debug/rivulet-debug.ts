import {
  adoptStyles,
  type CSSResultGroup,
  type CSSResultOrNative,
  html,
  LitElement,
  type nothing,
  type PropertyDeclarations,
  type PropertyValues,
  type TemplateResult,
} from 'lit';
import type { Client, ClientStats } from '../client/types.ts';
import type { KinesisReader } from '../consumer/options.ts';
import type { Consumer, StartPosition } from '../consumer/types.ts';
import { platformRuntime } from '../runtime.ts';
import { badgeOf, bubbleStyles, renderBubble } from './frame/bubble.ts';
import { placeStyles } from './frame/place.ts';
import { tokens } from './frame/tokens.ts';
import type { Frame, NamedFilter, Plan, Source, StreamControl, ViewSettings } from './types.ts';
import type { View } from './view.ts';

/** Properties that say what is read: another value begins another reading. */
const SETTINGS = [
  ...['kinesis', 'stream', 'from', 'consumer', 'sources', 'endpoint', 'client', 'control'],
] as unknown as readonly ('stream' | 'client')[];

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
  static override styles: CSSResultGroup = [tokens, placeStyles, bubbleStyles];

  /**
   * The page's own client; without one only the stream is shown.
   * @default the client of Rivulet's script tag, where the page has one
   */
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
  #isLoading = false;
  #problem: string | undefined;
  /** Of the bubble: whether it is open. */
  #isOpen = false;
  #isFull = false;
  #chosen = 0;
  /** For the bubble, until the view is there. */
  #stats: ClientStats | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener('keydown', this.#onKey);
    this.#place();
    if (!this.#isBubble()) void this.#load();
    else {
      (this.client ?? clientOfTag())?.stats().then((stats) => {
        this.#stats = stats;
        this.requestUpdate();
      });
      // The page's own start comes first; the stream is read when there is time for it.
      whenIdle(() => void this.#load());
    }
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener('keydown', this.#onKey);
    this.#view?.close();
    this.#view = undefined;
  }

  /** Opens the bubble, or closes it. Elsewhere the view is always open. */
  toggle(isOpen: boolean = !this.#isOpen): void {
    this.#isOpen = isOpen;
    this.#isFull = false;
    this.#place();
    if (isOpen) void this.#load();
    this.requestUpdate();
    void this.updateComplete.then(() => {
      const target = isOpen ? '.grid' : '.bubble';
      this.renderRoot.querySelector<HTMLElement>(target)?.focus();
    });
  }

  #isBubble(): boolean {
    return this.mode === 'bubble' && !this.#isOpen;
  }

  #place(): void {
    const place = this.mode === 'page' || !this.mode ? 'page' : 'dock';
    this.dataset.place = this.#isBubble() ? 'bubble' : this.#isFull ? 'full' : place;
  }

  async #load(): Promise<void> {
    if (this.#view || this.#isLoading) return;
    this.#isLoading = true;
    try {
      const { createView, styles } = await import('./view.ts');
      adoptStyles(this.renderRoot as ShadowRoot, [
        ...(RivuletDebug.elementStyles as CSSResultOrNative[]),
        ...([styles].flat(9) as CSSResultOrNative[]),
      ]);
      this.#problem = undefined;
      // Taken out of the page meanwhile: it loads again when it is put back.
      if (this.isConnected) {
        this.#view = createView({
          element: this,
          frame: this.#frame,
          settings: () => this.#settings(),
          runtime: platformRuntime(),
        });
      }
    } catch (error) {
      this.#problem = error instanceof Error ? error.message : String(error);
    }
    this.#isLoading = false;
    this.requestUpdate();
  }

  readonly #frame: Frame = {
    sources: () => this.sources ?? [],
    chooseSource: (index) => {
      this.#chosen = index;
      this.#view?.connect();
    },
    isFull: () => this.#isFull,
    toggleFull: () => {
      this.#isFull = !this.#isFull;
      this.#place();
      this.requestUpdate();
    },
    isClosable: () => this.mode === 'bubble',
    close: () => this.toggle(false),
    setTheme: (theme) => {
      this.theme = theme;
    },
  };

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('mode')) {
      this.#place();
      if (!this.#isBubble()) void this.#load();
    }
    if (this.#view && SETTINGS.some((name) => changed.has(name))) this.#view.connect();
  }

  #settings(): ViewSettings {
    const { stream = '', kinesis, consumer, control, endpoint, from } = this;
    const client = this.client ?? clientOfTag();
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
      source: this.sources?.[this.#chosen] ?? own,
      filters: this.filters ?? [],
      columns: this.columns ?? [],
      plan: this.plan,
      permalinks: this.permalinks,
    };
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if (!this.#isBubble()) this.#view?.onKey(event);
  };

  protected override updated(): void {
    if (!this.#isBubble()) this.#view?.drawn();
  }

  protected override render(): TemplateResult | typeof nothing {
    if (!this.#isBubble()) return this.#view?.render() ?? this.#renderLoading();
    const known = this.#view?.look();
    const badge = badgeOf({
      stats: known?.stats ?? this.#stats,
      verdict: known?.verdict,
      isOnline: navigator.onLine,
    });
    return renderBubble(badge, () => this.toggle(true));
  }

  #renderLoading(): TemplateResult {
    return html`<p class="loading" role="status">
      ${
        this.#problem === undefined
          ? 'Loading …'
          : html`The view did not load: ${this.#problem}
              <button @click=${() => void this.#load()}>Try again</button>`
      }
    </p>`;
  }
}

/** Some browsers have no `requestIdleCallback`; a second after the page's start is late enough there. */
function whenIdle(callback: () => void): void {
  if (typeof requestIdleCallback === 'function') requestIdleCallback(callback, { timeout: 3_000 });
  else setTimeout(callback, 1_000);
}

/** What the script tag made, as soon as it is there: until then its place may hold calls that wait, or something of the page's. */
function clientOfTag(): Client | undefined {
  const { rivulet } = globalThis as { rivulet?: Partial<Client> };
  return rivulet?.stats && rivulet.on ? (rivulet as Client) : undefined;
}
