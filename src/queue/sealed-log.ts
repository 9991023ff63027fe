import { isRivuletError, RivuletError } from '../errors.ts';
import { joinBytes } from '../protocol/bytes.ts';
import type { LaneRange } from '../protocol/event.ts';
import { MAX_BATCH_BYTES, MAX_BATCH_EVENTS } from '../protocol/limits.ts';
import { sliceLines } from './lines.ts';
import { createHead, segmentBytes } from './segment.ts';
import type {
  Cipher,
  LogBounds,
  LogCipherSetting,
  ReadLimits,
  Segment,
  SegmentLog,
  StoredSegment,
  Surplus,
} from './types.ts';

type Sealable = Pick<Segment, 'count' | 'context' | 'body' | 'sealedBefore'>;

/**
 * A log over another, which gets context and events as one ciphertext. What cannot be opened is never sent: it is passed
 * over, and becomes a surplus of the reason `storage_lost`.
 *
 * Sealing leaves the turn: unlike other logs' an append is not written when the call returns, and a page that ends then
 * loses it. In Chromium 156 that is what is captured in the `pagehide` of a page that leaves its site, and seldom what is
 * captured in the task of a `window.close()`. Nothing is left in plain for that.
 */
export function createSealedLog(
  log: SegmentLog,
  cipher: Promise<Cipher>,
  { memory, onError, onChange }: Omit<LogCipherSetting, 'subtle'>,
): SegmentLog {
  /** Where everything goes when nothing can be sealed. */
  let instead: SegmentLog | undefined;
  /** Segments that were seen not to open, and how far the log was read then. */
  const lost = new Set<number>();
  let lostWithin: ReadLimits | undefined;

  function giveUp(cause: unknown): SegmentLog {
    if (instead) return instead;
    instead = memory();
    onError(
      new RivuletError('storage_unavailable', `cipher: expected one, got ${cause}`, { cause }),
    );
    onChange({ kind: instead.kind, inMemory: 0 });
    return instead;
  }

  /** In the order of the calls: what is settled may be an append that is still being sealed. */
  let before: Promise<unknown> = cipher.catch(giveUp);
  const via = async <T>(call: (log: SegmentLog) => Promise<T>): Promise<T> => {
    await before;
    return call(instead ?? log);
  };

  /** Events that are being sealed. */
  let unsealed = 0;

  function append(segments: readonly Segment[]): Promise<void> {
    const kept = [...segments];
    const events = kept.reduce((sum, { count }) => sum + count, 0);
    unsealed += events;
    const sealing = cipher.then(({ seal }) =>
      Promise.all(kept.map((segment) => sealSegment(segment, seal))),
    );
    const handedOver = Promise.all([sealing, before]).then(
      ([sealed]) => ({ done: instead ? instead.append(kept) : log.append(sealed) }),
      (cause: unknown) => ({ done: giveUp(cause).append(kept) }),
    );
    before = handedOver;
    return handedOver.then(async ({ done }) => {
      unsealed -= events;
      await done;
      if (!instead) (await cipher).keep();
    });
  }

  /** As they were before they were sealed. What does not open is left out. */
  async function openAll<T extends Sealable>(
    sealed: readonly T[],
    onLost?: (segment: T, cause: unknown) => void,
  ): Promise<T[]> {
    const { open } = await cipher;
    const opened = await Promise.all(
      sealed.map((segment) =>
        openSegment(segment, open).catch((cause: unknown) => {
          // The database could not be asked for the key.
          if (isRivuletError(cause)) throw cause;
          onLost?.(segment, cause);
          return undefined;
        }),
      ),
    );
    return opened.filter((segment) => segment !== undefined);
  }

  async function read(limits: ReadLimits): Promise<readonly StoredSegment[]> {
    await before;
    if (instead) return instead.read(limits);
    let { maxEvents, maxBytes } = limits;
    for (let known = 0; ; ) {
      const within = { maxEvents, maxBytes };
      let news = 0;
      let failure: unknown;
      const head = await log.read(within);
      const opened = await openAll(head, ({ id }, cause) => {
        lostWithin = within;
        if (lost.has(id)) return;
        lost.add(id);
        news++;
        failure = cause;
      });
      if (news > 0) {
        const message = `${news} segments: expected their key, got ${failure}`;
        onError(new RivuletError('storage_corrupt', message, { cause: failure }));
      }
      // Where the whole head is lost, it is what stands behind it that is waited for.
      if (opened.length > 0 || head.length <= known) return opened.filter(createHead(limits));
      known = head.length;
      // Room for the largest of segments, and twice as much each time: the log may be lost as a whole.
      maxEvents = MAX_BATCH_EVENTS;
      maxBytes = 2 * MAX_BATCH_BYTES;
      for (const segment of head) {
        maxEvents += 2 * segment.count;
        maxBytes += 2 * segmentBytes(segment);
      }
    }
  }

  async function surplus(bounds: LogBounds): Promise<readonly Surplus[]> {
    await before;
    const given = await (instead ?? log).surplus(bounds);
    if (!lostWithin) return given;
    // Another tab may have declared and settled them since, and a key may have come after its segments.
    const here = (await log.read(lostWithin)).filter(({ id }) => lost.has(id));
    for (const { id } of await openAll(here)) lost.delete(id);
    if (here.length === 0) {
      lost.clear();
      lostWithin = undefined;
    }
    const more = here
      .filter(({ id }) => lost.has(id))
      .filter((range) => !given.some((known) => covers(known, range)))
      .map(({ lane, first, count }) => ({ lane, first, count, reason: 'storage_lost' as const }));
    return [...given, ...more];
  }

  return {
    get kind() {
      return (instead ?? log).kind;
    },
    append,
    read,
    settle: (ranges, rejected) => via((log) => log.settle(ranges, rejected)),
    surplus,
    stats: () =>
      via(async (log) => {
        const stats = await log.stats();
        return { ...stats, events: stats.events + unsealed };
      }),
    rejected: () => via(async (log) => (instead ? log.rejected() : openAll(await log.rejected()))),
    clear: () =>
      via(async (inUse) => (inUse === log ? 0 : await inUse.clear()) + (await log.clear())),
    exchange: log.exchange,
    close: () => void via(async () => log.close()),
  };
}

/** Context and lines become one text, and with it one ciphertext: which tells the size of both together, and no more. */
async function sealSegment(segment: Segment, seal: Cipher['seal']): Promise<Segment> {
  const { context, body } = segment;
  return {
    ...segment,
    context: '',
    body: await seal(joinBytes(context, '\n', body)),
    sealedBefore: 0,
  };
}

async function openSegment<T extends Sealable>(segment: T, open: Cipher['open']): Promise<T> {
  const { sealedBefore, ...rest } = segment;
  // Written before there was a cipher.
  if (sealedBefore === undefined) return segment;
  const plain = await open(segment.body);
  return {
    ...(rest as T),
    context: new TextDecoder().decode(sliceLines(plain, 0, 1)),
    body: sliceLines(plain, 1 + sealedBefore, segment.count),
  };
}

function covers(outer: LaneRange, { lane, first, count }: LaneRange): boolean {
  return outer.lane === lane && outer.first <= first && first + count <= outer.first + outer.count;
}
