/** The whole view behind the element: what is read, what is shown of it, and the parts that draw it. */

import { html, type LitElement, nothing, type TemplateResult } from 'lit';
import type { LaneAccount } from '../consumer/types.ts';
import type { Runtime } from '../runtime.ts';
import { createRateChartPart } from './chart/rate-chart.ts';
import { createDetail } from './detail/detail-panel.ts';
import { createOpenRecord } from './detail/open-record.ts';
import { createExportPart } from './export/export-part.ts';
import { createPermalinksPart } from './export/permalinks-part.ts';
import { createFilterBar } from './filter/filter-bar.ts';
import { createFilterControl } from './filter/filter-control.ts';
import { createAnnouncer } from './frame/announcer.ts';
import { createBanner } from './frame/banner.ts';
import { createDockHandle } from './frame/dock-handle.ts';
import { createDrawClock } from './frame/draw-clock.ts';
import { createFirstSteps } from './frame/first-steps.ts';
import { createKeyboard, focusPlaceOf } from './frame/keyboard.ts';
import { createKeysHelp } from './frame/keys-help.ts';
import { describeLiveState } from './frame/live-state.ts';
import { createPalette } from './frame/palette.ts';
import { createReadTokens } from './frame/read-token.ts';
import { createSummary } from './frame/summary-bar.ts';
import { createTabs } from './frame/tabs.ts';
import { createToast } from './frame/toast.ts';
import { createLedgerPart } from './ledger/ledger-panel.ts';
import { createProof } from './ledger/proof.ts';
import { loadPanels, PANELS_AFTER_MS } from './load-panels.ts';
import { type ClientTap, tapClient as listenTo } from './page/client-tap.ts';
import { createQueuePart } from './page/queue-panel.ts';
import { openSession, type Session } from './reading/session.ts';
import { createRecordsPart } from './records/records-panel.ts';
import { createTableControl } from './records/table-control.ts';
import { createDrawerPart } from './sql/drawer-part.ts';
import { createStreamAccess } from './stream/access.ts';
import { createShardsPart } from './stream/shards-panel.ts';
import type {
  DrawerName,
  Drawing,
  Frame,
  PanelName,
  Part,
  Reopening,
  ViewHost,
  ViewSettings,
} from './types.ts';

export { styles } from './frame/styles.ts';

export interface View {
  readonly host: ViewHost;
  readonly render: () => TemplateResult;
  /** After what `render` gave is in the page. */
  readonly drawn: () => void;
  /** The page set something else on the element. */
  readonly connect: () => void;
  /** What is known while nothing is drawn: for the closed bubble. */
  readonly look: () => Drawing;
  readonly onKey: (event: KeyboardEvent) => void;
  readonly close: () => void;
}

export interface ViewOptions {
  readonly element: LitElement;
  readonly frame: Frame;
  readonly settings: () => ViewSettings;
  readonly runtime: Runtime;
}

/** Ages and countdowns move on even when nothing arrives. */
const TICK_MS = 1_000;

export function createView({ element, frame, settings, runtime }: ViewOptions): View {
  const ending = new AbortController();
  let problem: string | undefined;
  let reopening: Reopening = {};
  let panel: PanelName = 'records';
  let drawer: DrawerName | undefined;
  let tap: ClientTap | undefined;
  let tapped: ViewSettings['source'];

  const clock = createDrawClock({
    draw: () => draw(),
    isHidden: () => document.hidden || !element.isConnected,
    monotonic: runtime.monotonic,
    delay: runtime.delay,
  });
  const access = createStreamAccess({
    settings,
    runtime,
    tokens: createReadTokens(),
    onChange: () => clock.request(),
    onToken: () => replace(open()),
  });
  const start = () => reopening.from ?? settings().source?.from ?? 'TRIM_HORIZON';
  const open = (): Session => {
    problem = undefined;
    const from = start();
    const options = {
      fromBeginning: from === 'TRIM_HORIZON',
      stopsWhenFull: reopening.stopsWhenFull,
      runtime,
      onChange: () => clock.request(),
    };
    try {
      return openSession({ ...options, consumer: access.open(reopening) });
    } catch (error) {
      // A wrong option is the page's mistake, and this is where its author looks.
      problem = error instanceof Error ? error.message : String(error);
      return openSession({ ...options, consumer: undefined });
    }
  };
  let session = open();
  const table = createTableControl({
    scroller: () => element.renderRoot?.querySelector<HTMLElement>('.grid') ?? null,
    session: () => session,
    settings,
    ownLane: () => tap?.stats()?.lane,
    runtime,
    draw: () => clock.now(),
  });
  const filter = createFilterControl({ session: () => session });
  const toast = createToast(runtime, () => clock.now());
  const announcer = createAnnouncer();
  const keyboard = createKeyboard();
  const openRecord = createOpenRecord();
  const proof = createProof(element);

  const replace = (next: Session): void => {
    const text = filter.text();
    session.close();
    session = next;
    table.reset();
    proof.reset();
    for (const part of parts) part.reset?.();
    if (text) filter.set(text);
    table.advance();
    tapClient();
    clock.now();
  };

  /** What the client says; of a file, what it said then. */
  const told = (): ClientTap | undefined => (session.replayed === undefined ? tap : session.tap);

  const tapClient = (): void => {
    const { source } = settings();
    if (tap && tapped?.client === source?.client) return;
    tap?.close();
    tapped = source;
    tap =
      source?.client &&
      listenTo({ client: source.client, now: runtime.now, onChange: () => clock.request() });
  };

  const host: ViewHost = {
    element,
    runtime,
    frame,
    start,
    readToken: access.readToken,
    settings,
    session: () => session,
    reader: access.reader,
    tap: told,
    table,
    filter,
    commands: () => commands,
    panel: () => panel,
    show: (next) => {
      panel = next;
      clock.now();
    },
    drawer: () => drawer,
    openDrawer: (next) => {
      drawer = next;
      clock.now();
    },
    act: (action) => {
      action();
      clock.now();
    },
    request: clock.request,
    copy: (text, what) => {
      // Absent on pages that are not secure; the text can still be selected by hand.
      const copied = navigator.clipboard?.writeText(text) ?? Promise.reject();
      copied.then(
        () => toast.say(`Copied ${what}`),
        () => toast.say(`The browser did not let ${what} be copied`),
      );
    },
    say: toast.say,
    reading: () => reopening,
    reopen: (next) => {
      reopening = next;
      replace(open());
    },
    replay: (next) => {
      problem = undefined;
      replace(next);
    },
  };

  const places = {
    summary: createSummary(host),
    banner: createBanner(host),
    filter: createFilterBar(host),
    chart: createRateChartPart(host),
    shards: createShardsPart(host),
    records: createRecordsPart(host),
    firstSteps: createFirstSteps(host),
    detail: createDetail(host),
    queue: createQueuePart(host),
    ledger: createLedgerPart(host, proof),
    tabs: createTabs(host),
    palette: createPalette(host),
    keys: createKeysHelp(host),
    exports: createExportPart(host),
    permalinks: createPermalinksPart(host),
    dockHandle: createDockHandle(host),
    drawer: createDrawerPart(host),
  } satisfies Record<string, Part>;
  const parts: readonly Part[] = Object.values(places);
  const commands = parts.flatMap((part) => part.commands ?? []);

  const drawing = (): Drawing => {
    const { model } = session;
    const { source } = settings();
    const now = session.replayedAt ?? runtime.now();
    const shards = session.shards();
    const lanes = model.ledger.lanes();
    const totals = model.ledger.totals();
    const stats = told()?.stats();
    return {
      now,
      shards,
      hues: session.hues(),
      lanes,
      laneById: new Map(lanes.map((lane): [string, LaneAccount] => [lane.lane, lane])),
      totals,
      stats,
      live: describeLiveState({
        connected: problem !== undefined || session.isConnected || source?.kinesis !== undefined,
        online: navigator.onLine,
        shards,
        failure: problem ?? session.failure(),
        lastRecordAt: model.lastRecordAt(),
        replayedAt: session.replayedAt,
        now,
      }),
      verdict: proof.judge({
        totals,
        lanes,
        laneOf: model.ledger.lane,
        shards,
        reachOf: session.reachOf,
        stored: told()?.stored() ?? [],
        fromBeginning: session.fromBeginning,
        client: stats,
        failure: problem ?? session.failure(),
      }),
      opened: openRecord.of(table.opened()),
    };
  };
  let current = drawing();
  let isConnecting = false;

  const lookOnly = (): void => {
    told()?.settle(session.model.ledger.lane);
    current = drawing();
  };

  const draw = (): void => {
    const isDone = table.advance();
    told()?.settle(session.model.ledger.lane);
    element.requestUpdate();
    // Lit's own turn would come a moment later; what a person did is to be seen at once. While it connects, it is Lit's turn.
    if (!isConnecting) (element as unknown as { performUpdate: () => void }).performUpdate();
    const { view, model, shown } = session;
    if (!view.isHeld()) shown.mark(model.rows.end() - 1, runtime.now());
    if (!isDone) clock.request();
  };

  const { signal } = ending;
  document.addEventListener('visibilitychange', clock.now, { signal });
  window.addEventListener('online', clock.now, { signal });
  window.addEventListener('offline', clock.now, { signal });
  let stopTick: (() => void) | undefined;
  const tick = (): void => {
    // The script tag's client may come later than the view.
    tapClient();
    if (!document.hidden) tap?.refresh();
    // A loss is told where nobody looks, too.
    else lookOnly();
    clock.request();
    stopTick = runtime.delay(tick, TICK_MS);
  };
  tick();
  const stopWarming = runtime.delay(loadPanels, PANELS_AFTER_MS);

  return {
    host,
    render: () => {
      current = drawing();
      const { summary, banner, filter, chart, shards, records, firstSteps } = places;
      const { detail, queue, ledger, tabs, palette, keys, dockHandle } = places;
      return html`<div class="view" data-tab=${panel} ?data-detail=${current.opened !== undefined}>
        <div class="top">${summary.render(current)} ${banner.render(current)}</div> ${filter.render(current)} ${chart.render(current)}
        ${shards.render(current)} ${records.render(current)} ${firstSteps.render(current)}
        ${current.opened ? detail.render(current) : nothing} ${queue.render(current)}
        ${ledger.render(current)} ${tabs.render(current)} ${places.drawer.render(current)} ${palette.render(current)} ${keys.render(current)} ${places.exports.render(current)}
        ${dockHandle.render(current)} ${toast.render()}
        <p class="unseen" role="status">
          ${announcer.update(session.model.counts(), current.now)}
        </p>
      </div>`;
    },
    drawn: () => {
      for (const part of parts) part.drawn?.(current);
    },
    connect: () => {
      reopening = {};
      isConnecting = true;
      replace(open());
      isConnecting = false;
    },
    look: () => {
      current = drawing();
      return current;
    },
    onKey: (event) => {
      const place = focusPlaceOf(event.composedPath()[0]);
      if (event.defaultPrevented) return;
      const command = keyboard.commandOf(event, place, commands);
      if (!command) return;
      event.preventDefault();
      host.act(command.run);
    },
    close: () => {
      ending.abort();
      stopTick?.();
      stopWarming();
      clock.stop();
      session.close();
      tap?.close();
      for (const part of parts) part.close?.();
    },
  };
}
