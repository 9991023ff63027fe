import type { EventType } from '../protocol/event.ts';
import { openLog } from '../queue/open-log.ts';
import type { LogStats } from '../queue/types.ts';
import { createFetchTransport } from '../transport/fetch-transport.ts';
import { createSigner } from '../transport/signer.ts';
import { createBatchSender } from './batch-sender.ts';
import { createContextReader, readTimezone } from './context.ts';
import { createDeliveryLoop } from './delivery-loop.ts';
import { createEmitter } from './emitter.ts';
import { createIdentity } from './identity.ts';
import { createLane, type EventFields } from './lane.ts';
import { resolveOptions } from './options.ts';
import { watchPage } from './page-lifecycle.ts';
import { createSessions } from './session.ts';
import { createTabLock } from './tab-lock.ts';
import type { Client, ClientEvents, ClientOptions, FlushResult } from './types.ts';

/**
 * Starts capturing and delivering. Throws a {@link RivuletError} where an option is wrong; nothing throws after that.
 *
 * @example
 * const client = createClient({ endpoint: 'https://events.example.com', writeKey: 'shop' });
 * client.track('Product Clicked', { sku: 'A-17' });
 */
export function createClient(options: ClientOptions): Client {
  const settings = resolveOptions(options);
  const { runtime, databaseName } = settings;
  const { page } = runtime;
  const emitter = createEmitter();
  const { on, emit } = emitter;
  const identity = createIdentity(runtime, databaseName);
  const log = openLog({
    indexedDB: runtime.indexedDB,
    storage: runtime.storage,
    databaseName,
    onMemory(error) {
      emit('error', error);
      // No other tab can read this one's memory.
      lock.standAlone();
    },
  });
  const transport = createFetchTransport(runtime, settings.requestTimeoutMs);
  const isOffline = (): boolean => page?.navigator.onLine === false;
  let leader = false;
  let dropped = 0;
  let lastReceipt: ClientEvents['receipt'] | undefined;
  let closing: Promise<void> | undefined;

  on('receipt', (detail) => {
    lastReceipt = detail;
  });
  on('dropped', ({ count }) => {
    dropped += count;
  });

  const lane = createLane({
    ...settings,
    context: createContextReader(runtime, identity),
    append: log.append,
    isLeaving: () => lifecycle?.isLeaving(),
    onLogged({ lane, first, count, body }) {
      emit('logged', { lane, first, count, at: runtime.now() });
      if (leader) loop.wake(count, body.length);
      else channel?.postMessage([count, body.length]);
    },
    emitter,
  });
  const sessions = createSessions({
    ...settings,
    clientId: () => identity.current().clientId,
    transport,
    log,
    onConfig: (config) => sender.configure(config),
  });
  const sender = createBatchSender({
    options: settings,
    log,
    sessions,
    transport,
    sign: createSigner(runtime.subtle),
    isOffline,
    declareRejected: lane.declareRejected,
    emitter,
  });
  const loop = createDeliveryLoop({ ...settings, sender, isOffline, emitter });

  // From here on the page is listened to.
  const channel = runtime.channel?.(databaseName);
  // Any script of the origin may speak on it.
  if (channel) channel.onmessage = ({ data }) => loop.wake(Number(data?.[0]), Number(data?.[1]));
  const lock = createTabLock(runtime.locks, databaseName, (isLeader) => {
    if (leader === isLeader) return;
    leader = isLeader;
    if (!leader) sender.letGo();
    emit('leader', { leader });
    loop.lead(leader);
  });
  const lifecycle =
    page &&
    watchPage(page, {
      onHide() {
        lane.write();
        loop.run();
      },
      // A lock that is held keeps a page out of the back-forward cache, and a frozen tab would hold up all others.
      onSuspend: lock.release,
      onResume: lock.request,
      onOnline: loop.online,
      onOffline: loop.offline,
    });
  lock.request();
  // Not in the task of the start, for what it may cost. What is captured before knows the last page's.
  runtime.delay(() => {
    const timezone = readTimezone();
    if (identity.current().timezone !== timezone) identity.know({ timezone });
  }, 0);

  const stopSources: (() => void)[] = [];

  function add(type: EventType, fields: EventFields): void {
    if (!closing) lane.add(type, fields);
  }
  /** Ends the open segment, whose events were the one before's. */
  function become(change: () => void): void {
    if (closing) return;
    lane.cut();
    change();
  }
  const track: Client['track'] = (event, properties) => add('track', { event, properties });
  const trackPage: Client['page'] = (name, properties) => add('page', { event: name, properties });

  async function queue(): Promise<LogStats> {
    const stats = await log.stats().catch(() => ({ segments: 0, events: 0, bytes: 0 }));
    return { ...stats, events: stats.events + lane.unwritten() };
  }

  async function flush(): Promise<FlushResult> {
    const before = sender.counts().stored;
    await lane.write();
    // As good as a full batch: the tab that sends for all does not wait for more.
    if (!leader) channel?.postMessage([Number.POSITIVE_INFINITY, 0]);
    // A request under way may have left without what was just written.
    await loop.run();
    await loop.run();
    return { stored: sender.counts().stored - before, queued: (await queue()).events };
  }

  async function stop(): Promise<void> {
    for (const stopSource of stopSources.reverse()) {
      try {
        stopSource();
      } catch (cause) {
        emitter.fail('capture_failed', 'capture source: did not stop', cause);
      }
    }
    await lane.write();
    await loop.stop();
    lifecycle?.stop();
    lock.release();
    channel?.close();
    log.close();
  }

  if (page) {
    const host = { track, page: trackPage, write: () => void lane.write(), window: page };
    for (const source of settings.capture) {
      try {
        stopSources.push(source.start(host));
      } catch (cause) {
        // Not before there can be a listener.
        Promise.resolve().then(() =>
          emitter.fail('capture_failed', `${source.name}: did not start`, cause),
        );
      }
    }
  }

  return {
    track,
    page: trackPage,
    identify(userId, traits) {
      become(() => identity.know({ userId: nameOf(userId) }));
      add('identify', { traits });
    },
    group(groupId, traits) {
      become(() => identity.know({ groupId: nameOf(groupId) }));
      add('group', { groupId, traits });
    },
    metric: (name, value, more) =>
      add('metric', {
        event: name,
        properties: { value, unit: more?.unit, attributes: more?.attributes },
      }),
    reset: () => become(identity.reset),
    flush,
    close: () => (closing ??= stop()),
    on,
    stats: async () => ({
      clientId: identity.current().clientId,
      lane: lane.id,
      captured: lane.captured(),
      ...sender.counts(),
      dropped,
      queue: await queue(),
      // After the log has answered: by then it knows where it lives.
      log: log.kind,
      leader,
      pause: loop.pause(),
      lastReceipt,
      clockOffsetMs: sessions.known()?.clockOffsetMs,
      sessionExpires: sessions.known()?.expires,
    }),
  };
}

/** A page without types may give a number, or nothing. */
function nameOf(id: unknown): string | undefined {
  return id === undefined || id === null ? undefined : `${id}`;
}
