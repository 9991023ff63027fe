import { html, LitElement, nothing, type TemplateResult } from 'lit';
import type { ClientStats } from 'rivulet';
import '../shop/river-shop.ts';
import { createShopEvents, type ShopEvents } from '../shop/shop-events.ts';
import type { Connection } from './connection.ts';
import { liveView } from './live-view.ts';
import { pageHeader } from './page-header.ts';
import './scenario-panel.ts';
import { readSplit, splitter } from './splitter.ts';
import { standingAlone } from './standing-alone.ts';
import { chooseTheme, currentTheme } from './theme.ts';
import { watchQueue } from './watch-queue.ts';

type Pane = 'shop' | 'live';

/** The whole page: the shop, and beside it (or, on a phone, behind a tab) what becomes of its events. */
export class DemoPage extends LitElement {
  static override properties = {
    started: { state: true },
    pane: { state: true },
    split: { state: true },
    theme: { state: true },
    stats: { state: true },
    lost: { state: true },
  };

  declare private started: boolean;
  declare private pane: Pane;
  declare private split: number;
  declare private theme: ReturnType<typeof currentTheme>;
  declare private stats: ClientStats | undefined;
  /** Events that the live view has proven to be lost. */
  declare private lost: number;

  /** Where each pane was scrolled to, for the screens that show one at a time. */
  private readonly scrolledTo: Record<Pane, number> = { shop: 0, live: 0 };
  private connection: Connection | undefined;
  private events: ShopEvents | undefined;

  constructor() {
    super();
    this.started = false;
    this.pane = 'shop';
    this.split = readSplit();
    this.theme = currentTheme();
    this.lost = 0;
  }

  /** Shows the page, with a pipeline behind it or without. */
  start(connection: Connection | undefined): void {
    this.connection = connection;
    this.events = createShopEvents(connection?.client);
    if (connection) {
      watchQueue(connection.client, (stats) => {
        this.stats = stats;
      });
    }
    this.started = true;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult | typeof nothing {
    if (!this.started) return nothing;
    const { connection } = this;
    return html`
      <a class="skip" href="#shop">Skip to the shop</a>
      <a class="skip" href="#live" @click=${() => this.open('live')}>Skip to the live view</a>
      ${pageHeader(this.theme, () => this.turnTheme())}
      <main class="panes" data-pane=${this.pane} style=${`--split: ${this.split}%`}>
        <div id="shop" tabindex="-1"><river-shop .events=${this.events}></river-shop></div>
        <section id="live" tabindex="-1" aria-label="Live view" data-rivulet-ignore>
          ${splitter(this.split, (percent) => {
            this.split = percent;
          })}
          <div class="live" @rivulet-alarm=${this.onAlarm}>${connection ? this.live(connection) : standingAlone}</div>
        </section>
      </main>
      <nav class="tabs" aria-label="Panes" data-rivulet-ignore>${this.tab('shop', 'Shop')} ${this.tab('live', 'Live view')}</nav>
    `;
  }

  private live(connection: Connection): TemplateResult {
    return html`
      <scenario-panel
        .stage=${connection.stage}
        .isLocal=${connection.pipeline.local}
        .stats=${this.stats}
        .lost=${this.lost}
      ></scenario-panel>
      ${liveView(connection)}
    `;
  }

  private tab(pane: Pane, label: string): TemplateResult {
    const queued = pane === 'live' ? (this.stats?.queue.events ?? 0) : 0;
    return html`
      <button type="button" aria-pressed=${this.pane === pane} @click=${() => this.open(pane)}>
        ${label}
        ${queued > 0 ? html`<span class="badge">${queued.toLocaleString('en')} queued</span>` : nothing}
      </button>
    `;
  }

  private async open(pane: Pane): Promise<void> {
    if (pane === this.pane) return;
    this.scrolledTo[this.pane] = window.scrollY;
    this.pane = pane;
    await this.updateComplete;
    if (this.isOnePaneOnly()) window.scrollTo({ top: this.scrolledTo[pane], behavior: 'instant' });
  }

  private readonly onAlarm = ({ detail }: CustomEvent<{ lost: number }>): void => {
    this.lost = detail.lost;
  };

  private isOnePaneOnly(): boolean {
    return getComputedStyle(this.querySelector('.tabs') ?? this).display !== 'none';
  }

  private turnTheme(): void {
    this.theme = this.theme === 'dark' ? 'light' : 'dark';
    chooseTheme(this.theme);
  }
}

customElements.define('demo-page', DemoPage);

declare global {
  interface HTMLElementTagNameMap {
    'demo-page': DemoPage;
  }
}
