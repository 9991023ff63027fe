import type { CaptureHost, EventFields } from '../capture/types.ts';
import type { EraseProperties, EventType, Priority, Properties } from '../protocol/event.ts';
import { segmentBytes } from '../queue/segment.ts';
import type { SegmentLog } from '../queue/types.ts';
import { attempt } from '../runtime.ts';
import { createFetchTransport } from '../transport/fetch-transport.ts';
import { createBatchSender } from './batch-sender.ts';
import { createConsentGate, isConsent, mayStore, startingConsent } from './consent.ts';
import { createContextReader, readTimezone } from './context.ts';
import { createDeliveryLoop } from './delivery-loop.ts';
import { createEmitter } from './emitter.ts';
import { createHeldLog } from './held-log.ts';
import { createIdentity } from './identity.ts';
import { createLane } from './lane.ts';
import { createLogStorage } from './log-storage.ts';
import { createPassage } from './middleware.ts';
import { openDevice } from './open-device.ts';
import { resolveOptions } from './options.ts';
import { type PageLifecycle, watchPage } from './page-lifecycle.ts';
import { createQueueKeeper } from './queue-keeper.ts';
import { createRateLimit } from './rate-limit.ts';
import { rejectedEvents } from './rejected-events.ts';
import { createSample } from './sample.ts';
import { createScrub } from './scrub.ts';
import { createSessions } from './session.ts';
import { startSources } from './start-sources.ts';
import { createTabChannel } from './tab-channel.ts';
import { createTabLock } from './tab-lock.ts';
import type {
  Client,
  ClientEvents,
  ClientOptions,
  ClientStats,
  EventMap,
  EventOptions,
  FlushResult,
} from './types.ts';
import { createWhenKnown } from './when-known.ts';

/** Of a user or a group: a context of three such addresses and two such names is within its bound. */
const MAX_ID_LENGTH = 1000;

/**
 * Starts capturing and delivering. Throws a {@link RivuletError} where an option is wrong; nothing throws after that.
 *
 * @example
 * const client = createClient({ endpoint: 'https://events.example.com', writeKey: 'shop' });
 * client.track('Product Clicked', { sku: 'A-17' });
 */
export function createClient<Events extends object = EventMap>(
  options: ClientOptions,
): Client<Events>;
export function createClient(options: ClientOptions): Client {
  const settings = resolveOptions(options);
  const { runtime } = settings;
  const { page } = runtime;
  const emitter = createEmitter();
  const { on, emit } = emitter;
  const isKept = mayStore(startingConsent(settings), settings);
  const open = (): SegmentLog =>
    openDevice(settings, {
      onError(error) {
        emit('error', error);
        if (error.code === 'storage_corrupt') keeper.suspect();
      },
      onChange({ kind, inMemory }) {
        emit('storage', { log: kind, inMemory, at: runtime.now() });
        isHolding = inMemory > 0;
        // No other tab can read this one's memory.
        lock.standAlone(kind === 'memory');
        // What the user has denied, a database that opens late may hold still.
        if (consent.state() === 'denied') consent.decide('denied');
      },
    });
  const log = createHeldLog(open, !isKept);
  const storage = settings.visitorStorage;
  const logStorage = storage ? undefined : createLogStorage(log, 'visitor');
  const parts = { ...settings, ...emitter, log };
  const identity = createIdentity({ ...parts, storage: storage ?? logStorage, isKept });
  /** The visitor, where it has to be waited for: as long as the log waits for its database, at most. */
  const ready = isKept ? logStorage?.load() : undefined;
  const whenKnown = createWhenKnown(ready);
  const sample = createSample(identity, whenKnown);
  const scrub = createScrub(settings.allowedQuery, page?.document);
  const passage = createPassage(emitter);
  const transport = createFetchTransport(runtime, settings.requestTimeoutMs);
  let leader = false;
  let isHolding = false;
  let clockOffset: number | undefined;
  let dropped = 0;
  let droppedBy: ClientStats['droppedBy'] = {};
  let described: Properties = {};
  let meter: Parameters<CaptureHost['takeMetrics']>[0] | undefined;
  let lastReceipt: ClientEvents['receipt'] | undefined;
  let lifecycle: PageLifecycle | undefined;
  let closing: Promise<void> | undefined;

  on('receipt', (detail) => {
    lastReceipt = detail;
  });
  on('dropped', (range) => {
    const { reason, count } = range;
    dropped += count;
    droppedBy = { ...droppedBy, [reason]: (droppedBy[reason] ?? 0) + count };
    sender.forget(range);
  });

  const lane = createLane({
    ...{ ...parts, ready, whenKnown },
    context: createContextReader({
      ...{ ...emitter, runtime, identity, scrub },
      described: () => described,
      clockOffset: () => clockOffset,
    }),
    isLeaving: () => lifecycle?.isLeaving(),
    onHandOver: (segments) => sender.offer(segments),
    onLogged(segment) {
      const { lane, first, count, body } = segment;
      emit('logged', { lane, first, count, at: runtime.now() });
      keeper.grow(count, segmentBytes(segment));
      if (leader) loop.wake(count, body.length);
      else tabs.tell(count, body.length);
    },
  });
  const mayPass = createRateLimit(runtime, settings.maxEventsPerSecond);
  const keeper = createQueueKeeper({
    ...{ ...parts, lane },
    // What a tab holds in its memory is its own to keep within bounds; and where nobody may send, nobody leads.
    isLeader: () => leader || isHolding || consent.state() !== 'granted',
  });
  const sessions = createSessions({
    ...{ ...parts, identity, transport },
    onConfig: (config) => sender.configure(config),
    onClock(offsetMs) {
      const next = offsetMs - lane.aheadMs();
      if (next === clockOffset) return;
      lane.cut();
      clockOffset = next;
    },
  });
  const lock = createTabLock({
    ...parts,
    onChange(isLeader) {
      leader = isLeader;
      emit('leader', { leader });
      loop.lead(leader);
    },
  });
  const sender = createBatchSender({ ...parts, sessions, transport, keeper, lane, lock, sample });
  const loop = createDeliveryLoop({ ...parts, sender });
  const consent = createConsentGate({
    ...{ ...parts, identity, lane, sessions },
    loadVisitor: logStorage?.load,
    permit(isPermitted) {
      loop.permit(isPermitted);
      // A tab that may not send must not keep others from it.
      if (isPermitted) lock.request();
      else lock.release();
    },
  });

  // From here on the page is listened to.
  const tabs = createTabChannel({
    ...parts,
    onWrite(events, bytes) {
      keeper.grow(events, bytes);
      sender.offerForeign();
      loop.wake(events, bytes);
    },
    onConsent: consent.decide,
  });
  const lead = (): void => {
    if (consent.state() === 'granted') lock.request();
  };
  lead();
  // Not in the task of the start, for what it may cost. What is captured before knows the last page's.
  runtime.delay(() => {
    keeper.start();
    const timezone = readTimezone();
    whenKnown(() => identity.know('timezone', timezone));
  }, 0);

  const isCapturing = (): boolean => !closing && consent.state() !== 'denied';

  function add(type: EventType, fields: EventFields, more?: EventOptions): void {
    if (!isCapturing()) return;
    const { priority, context } = more ?? {};
    const own = context ? { context, ...fields } : fields;
    if (!passage.before(type, own, priority, admit)) lane.leaveOut('middleware', true);
  }
  function admit(type: EventType, fields: EventFields, priority?: Priority): void {
    const seq = lane.captured() + 1;
    if (sample.leavesOut(priority)) lane.leaveOut('sampled', true);
    else if (keeper.leavesOut(type, priority)) lane.leaveOut('sampled');
    else if (!mayPass()) lane.leaveOut('rate_limited');
    else lane.add(type, fields, priority);
    if (lane.captured() < seq) return;
    passage.after(type, fields, priority, { lane: lane.id, seq });
  }
  /** Ends the open segment, whose events were the one before's. */
  function become(change: () => void): void {
    if (!isCapturing()) return;
    lane.cut();
    whenKnown(change);
  }

  /** Without a name: more of whoever it is. */
  function call(whom: 'userId' | 'groupId', id: unknown): void {
    become(() => identity.know(whom, nameOf(id) ?? identity.current()[whom]));
  }

  async function queue(): Promise<ClientStats['queue']> {
    const stats = await keeper.count();
    return { ...stats, events: stats.events + lane.unwritten() };
  }

  async function flush(): Promise<FlushResult> {
    const before = sender.counts().stored;
    await lane.write();
    // As good as a full batch: the tab that sends for all does not wait for more.
    if (!leader) tabs.tell(Number.POSITIVE_INFINITY, 0);
    // A request under way may have left without what was just written.
    await loop.run();
    await loop.run();
    return { stored: sender.counts().stored - before, queued: (await queue()).events };
  }

  async function stop(): Promise<void> {
    stopSources();
    await lane.write();
    await loop.stop();
    lifecycle?.stop();
    lock.release();
    tabs.close();
    log.close();
  }

  const stopSources = startSources({
    ...{ ...parts, add, identity, lane, scrub, whenKnown },
    use: passage.use,
    describe(facts) {
      lane.cut();
      described = { ...described, ...facts };
    },
    onMeter(taker) {
      meter = taker;
    },
  });

  // After the sources: what they capture of the page's last moment comes first, and so leaves with it.
  lifecycle =
    page &&
    watchPage(page, loop, {
      onHide(isLast) {
        lane.write();
        // The next page sends at its start what is on disk, and hears the receipt: what left now, it would send a second time.
        if (log.kind === 'memory' || !lifecycle?.isReplaced()) loop.leave(isLast);
      },
      // A lock that is held keeps a page out of the back-forward cache, and a frozen tab would hold up all others.
      onSuspend() {
        lock.release();
        tabs.rest();
      },
      onResume() {
        tabs.resume();
        lead();
      },
    });

  return {
    track: (event, properties?: object, more?: EventOptions) =>
      add('track', { event, properties }, more),
    page: (event, properties, more) => add('page', { event, properties }, more),
    identify(userId, traits, more) {
      call('userId', userId);
      add('identify', { traits }, more);
    },
    group(groupId, traits, more) {
      call('groupId', groupId);
      add('group', { groupId: nameOf(groupId), traits }, more);
    },
    alias(userId, previousId, more) {
      become(() => {
        const { userId: user, clientId } = identity.current();
        call('userId', userId);
        add('alias', { previousId: nameOf(previousId) ?? user ?? clientId }, more);
      });
    },
    metric(name, value, more) {
      const options = more ?? {};
      if (meter && isCapturing()) return meter(name, value, options);
      const { kind, unit, attributes } = options;
      add('metric', { event: name, properties: { value, kind, unit, attributes } }, options);
    },
    log: (level, message, fields) => add('log', { properties: { ...fields, level, message } }),
    erase: (subject, more) =>
      become(() => {
        const { clientId: anonymousId, userId } = identity.current();
        // What is no name goes as an empty one, which the relay refuses: it must not come to mean this visitor.
        const named = typeof subject === 'object' ? subject : { userId: nameOf(subject) ?? '' };
        const whom = subject === undefined ? { anonymousId, userId } : named;
        const properties: EraseProperties = { subject: whom, products: more?.products };
        add('erase', { properties }, { ...more, priority: 'high' });
      }),
    use: passage.use,
    reset: () => become(identity.reset),
    flush,
    async consent(decided) {
      if (isConsent(decided)) tabs.tell(0, 0, decided);
      await consent.decide(decided);
    },
    rejected: async () => rejectedEvents(await log.rejected().catch(() => [])),
    persist: async () => (await runtime.navigator?.storage?.persist?.().catch(() => {})) ?? false,
    close: () => (closing ??= stop()),
    on,
    async stats() {
      await ready;
      const { clientId = '', userId, groupId } = identity.current();
      const platform = { ...runtime, compression: globalThis.CompressionStream };
      return {
        ...{ clientId, userId, groupId, databaseName: settings.databaseName },
        lane: lane.id,
        captured: lane.captured(),
        ...sender.counts(),
        dropped,
        droppedBy,
        queue: await queue(),
        // After the log has answered: by then it knows where it lives.
        log: log.kind,
        missing: Object.keys(platform).filter((name) => !platform[name as keyof typeof platform]),
        maxQueueBytes: keeper.maxBytes(),
        consent: consent.state(),
        leader,
        pause: loop.pause(),
        nextSendAt: loop.nextAt(),
        lastReceipt,
        clockOffsetMs: sessions.known()?.clockOffsetMs,
        sessionExpires: sessions.known()?.expires,
      };
    },
  };
}

/** A page without types may give a number, or nothing. */
function nameOf(id: unknown): string | undefined {
  return id === undefined || id === null
    ? undefined
    : attempt(() => `${id}`.slice(0, MAX_ID_LENGTH));
}
