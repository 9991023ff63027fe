import {
  type CSSResultGroup,
  html,
  LitElement,
  nothing,
  type PropertyDeclarations,
  type PropertyValues,
  type TemplateResult,
} from 'lit';
import type { Client } from '../client/types.ts';
import { createConsumer } from '../consumer/consumer.ts';
import type { KinesisReader } from '../consumer/options.ts';
import type { Consumer, LaneAccount, StartPosition } from '../consumer/types.ts';
import { platformRuntime, type Runtime } from '../runtime.ts';
import { createAnnouncer } from './announcer.ts';
import { type ClientTap, tapClient } from './client-tap.ts';
import { renderDetail } from './detail-panel.ts';
import { createDrawClock, type DrawClock } from './draw-clock.ts';
import { pointOf } from './hash-space.ts';
import { commandOf, focusPlaceOf } from './keyboard.ts';
import { renderLedger } from './ledger-panel.ts';
import { describeLiveState } from './live-state.ts';
import { createOpenRecord, type OpenRecord } from './open-record.ts';
import { renderQueue } from './queue-panel.ts';
import { createRateChart, type RateChart, renderChart } from './rate-chart.ts';
import { renderRecords } from './records-panel.ts';
import { openSession, type Session } from './session.ts';
import { renderShards } from './shards-panel.ts';
import { styles } from './styles.ts';
import { renderSummary } from './summary-bar.ts';
import { createTableControl, type TableControl } from './table-control.ts';
import { renderTabs, type Tab } from './tabs.ts';
import { judge } from './verdict.ts';

/** Ages and countdowns move on even when nothing arrives. */
const TICK_MS = 1_000;

/** Seconds over which a shard's rate is taken: long enough to be read, short enough to be "now". */
const RATE_OVER_SECONDS = 5;

/** How long the button says that the copy is made. */
const COPIED_MS = 2_000;

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
    from: { attribute: false },
    stream: {},
    theme: { reflect: true },
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
  /** @default the page's color-scheme */
  declare theme: 'light' | 'dark' | undefined;

  #runtime: Runtime = platformRuntime();
  #clock: DrawClock = createDrawClock({
    draw: () => this.#draw(),
    isHidden: () => document.hidden || !this.isConnected,
    monotonic: this.#runtime.monotonic,
    delay: this.#runtime.delay,
  });
  #session: Session = this.#openSession(undefined);
  #table: TableControl = createTableControl({
    host: this,
    scroller: () => this.renderRoot?.querySelector<HTMLElement>('.grid') ?? null,
    view: () => this.#session.view,
  });
  #chart: RateChart = createRateChart();
  #announcer = createAnnouncer();
  #tap: ClientTap | undefined;
  #open: OpenRecord = createOpenRecord();
  #problem: string | undefined;
  #tab: Tab = 'records';
  #isFlushing = false;
  #isCopied = false;
  #stop: () => void = () => {};

  override connectedCallback(): void {
    super.connectedCallback();
    const wake = (): void => this.#clock.now();
    const ending = new AbortController();
    const { signal } = ending;
    document.addEventListener('visibilitychange', wake, { signal });
    window.addEventListener('online', wake, { signal });
    window.addEventListener('offline', wake, { signal });
    this.addEventListener('keydown', (event) => this.#onKey(event), { signal });
    let stopTick: (() => void) | undefined;
    const tick = (): void => {
      if (!document.hidden) this.#tap?.refresh();
      this.#clock.request();
      stopTick = this.#runtime.delay(tick, TICK_MS);
    };
    tick();
    this.#stop = () => {
      ending.abort();
      stopTick?.();
    };
    if (this.hasUpdated) this.#connect();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop();
    this.#clock.stop();
    this.#session.close();
    this.#tap?.close();
    this.#chart.destroy();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const isOther = (['kinesis', 'stream', 'from', 'consumer'] as const).some((name) =>
      changed.has(name),
    );
    if (isOther) this.#connect();
    else if (changed.has('client')) this.#tapClient();
  }

  #connect(): void {
    this.#session.close();
    this.#problem = undefined;
    this.#table.close();
    try {
      this.#session = this.#openSession(this.consumer ?? this.#createConsumer());
    } catch (error) {
      // A wrong option is the page's mistake, and this is where its author looks.
      this.#problem = error instanceof Error ? error.message : String(error);
      this.#session = this.#openSession(undefined);
    }
    this.#table.advance();
    this.#tapClient();
  }

  #createConsumer(): Consumer | undefined {
    const { kinesis: client, stream, from = 'TRIM_HORIZON' } = this;
    if (!client || !stream) return undefined;
    // Somebody looks at it: what comes after a silence is not to be late.
    return createConsumer({ client, stream, from, idleIntervalMs: 0, runtime: this.#runtime });
  }

  #openSession(consumer: Consumer | undefined): Session {
    return openSession({
      consumer,
      fromBeginning: this.#isFromBeginning(),
      runtime: this.#runtime,
      onChange: () => this.#clock.request(),
    });
  }

  #tapClient(): void {
    this.#tap?.close();
    this.#tap =
      this.client &&
      tapClient({
        client: this.client,
        isWatched: (shardId) => this.#isWatched(shardId),
        onChange: () => this.#clock.request(),
      });
  }

  #isFromBeginning(): boolean {
    return (this.from ?? 'TRIM_HORIZON') === 'TRIM_HORIZON';
  }

  /** Whether everything that this shard gets from now on will be read. */
  #isWatched(shardId: string): boolean {
    if (this.#isFromBeginning()) return true;
    return this.#session
      .shards()
      .some((shard) => shard.shardId === shardId && shard.lastReadAt !== undefined);
  }

  #draw(): void {
    const isDone = this.#table.advance();
    this.#tap?.settle(this.#session.model.ledger.lanes());
    this.requestUpdate();
    this.performUpdate();
    const { view, model, shown } = this.#session;
    if (!view.isHeld()) shown.mark(model.rows.end() - 1, this.#runtime.now());
    if (!isDone) this.#clock.request();
  }

  protected override updated(): void {
    const { model, hues } = this.#session;
    const place = this.renderRoot.querySelector<HTMLElement>('.plot');
    this.#chart.update(place, model.rates.series(this.#runtime.now()), hues());
  }

  #act(action: () => void): void {
    action();
    this.#clock.now();
  }

  #onKey(event: KeyboardEvent): void {
    const target = event.composedPath()[0];
    const command = commandOf(event, focusPlaceOf(target));
    if (!command || event.defaultPrevented) return;
    event.preventDefault();
    const { renderRoot } = this;
    if (command === 'filter') {
      this.#act(() => this.#choose('records'));
      renderRoot.querySelector<HTMLInputElement>('.filter')?.focus();
    } else if (command === 'close') {
      this.#act(() => this.#table.close());
      renderRoot.querySelector<HTMLElement>('.grid')?.focus();
    } else this.#act(() => this.#table.run(command));
  }

  #choose(tab: Tab): void {
    this.#tab = tab;
    this.#table.close();
  }

  #flush(): void {
    this.#isFlushing = true;
    this.client?.flush().finally(() => {
      this.#isFlushing = false;
      this.#clock.request();
    });
  }

  #copy(text: string): void {
    // Absent on pages that are not secure; the text can still be selected by hand.
    navigator.clipboard?.writeText(text).then(
      () => {
        this.#isCopied = true;
        this.#clock.now();
        this.#runtime.delay(() => {
          this.#isCopied = false;
          this.#clock.request();
        }, COPIED_MS);
      },
      () => undefined,
    );
  }

  protected override render(): TemplateResult {
    const { model, view, shown } = this.#session;
    const now = this.#runtime.now();
    const shards = this.#session.shards();
    const hues = this.#session.hues();
    const lanes = model.ledger.lanes();
    const laneById: ReadonlyMap<string, LaneAccount> = new Map(
      lanes.map((lane) => [lane.lane, lane]),
    );
    const totals = model.ledger.totals();
    const stats = this.#tap?.stats();
    const live = describeLiveState({
      connected:
        this.#problem !== undefined ||
        this.consumer !== undefined ||
        !!(this.kinesis && this.stream),
      online: navigator.onLine,
      shards,
      failure: this.#problem ?? this.#session.failure(),
      lastRecordAt: model.lastRecordAt(),
      now,
    });
    const snapshot = this.#table.snapshot();
    const opened = this.#open.of(this.#table.opened());
    return html`<div class="view" data-tab=${this.#tab} ?data-detail=${opened !== undefined}>
      ${renderSummary({
        stream: this.stream,
        live,
        verdict: judge({
          totals,
          lanes,
          shards,
          stored: this.#tap?.stored() ?? [],
          fromBeginning: this.#isFromBeginning(),
          client: stats,
        }),
        isHeld: view.isHeld(),
        held: snapshot.held,
        onToggleHold: () => this.#act(this.#table.toggleHold),
      })}
      ${renderChart(model.rates.series(now))}
      ${renderShards({
        shards,
        hues,
        perSecond: (shardId) => model.rates.perSecond(shardId, now, RATE_OVER_SECONDS),
        point: opened?.hashKey === undefined ? undefined : pointOf(opened.hashKey),
        now,
      })}
      ${renderRecords({
        ...this.#table.prepare(),
        snapshot,
        hues,
        lanes: laneById,
        filterText: view.filterText(),
        isHeld: view.isHeld(),
        selected: this.#table.selected(),
        emptyText: view.filterText()
          ? 'No row matches the filter.'
          : 'Records appear here as they arrive.',
        onFilter: (text) => this.#act(() => this.#table.setFilter(text)),
        onScroll: () => this.#table.onScroll(),
        onFollow: () => this.#act(this.#table.follow),
        onOpen: (row) => this.#act(() => this.#table.open(row)),
      })}
      ${
        opened
          ? renderDetail({
              ...opened,
              legs: opened.legs(this.#tap?.journeys, shown.of(opened.row.id)),
              shards,
              hues,
              copied: this.#isCopied,
              onCopy: () => this.#copy(opened.text),
              onClose: () => this.#act(this.#table.close),
            })
          : nothing
      }
      ${renderQueue({
        hasClient: this.client !== undefined,
        stats,
        hues,
        now,
        isFlushing: this.#isFlushing,
        onFlush: () => this.#act(() => this.#flush()),
      })}
      ${renderLedger({ lanes, totals, stats, fromBeginning: this.#isFromBeginning() })}
      ${renderTabs(this.#tab, (tab) => this.#act(() => this.#choose(tab)))}
      <p class="unseen" role="status">${this.#announcer.update(model.counts(), now)}</p>
    </div>`;
  }
}
