import { decodeBase64url } from '../../src/protocol/base64url.ts';
import {
  type BatchHead,
  isGzip,
  parseHead,
  parsePayload,
  signedBytes,
  type WireSegment,
} from '../../src/protocol/batch.ts';
import { importHmacKey, verifyHmac } from '../../src/protocol/hmac.ts';
import type { Receipt } from '../../src/protocol/receipt.ts';
import type { FakeClock } from './fake-clock.ts';

/** A batch as the relay would read it. */
export interface SentBatch {
  readonly head: BatchHead;
  readonly payload: Uint8Array<ArrayBuffer>;
  readonly text: string;
  readonly segments: readonly WireSegment[];
  /** `<lane>.<seq>` of every event, in the order of the batch. */
  readonly ids: readonly string[];
  /** The event lines, in the order of the batch. */
  readonly events: readonly Record<string, unknown>[];
  readonly wasSigned: boolean;
  readonly init: RequestInit;
}

/** What one request is answered with. `undefined` stands for the default: everything is stored. */
export type Reply =
  | undefined
  | 'network'
  /** Never answers: only the time limit ends it. */
  | 'hang'
  | { readonly status: number; readonly body?: unknown; readonly headers?: HeadersInit }
  | { readonly receipts: (batch: SentBatch) => readonly Receipt[]; readonly config?: unknown };

export interface ScriptedFetch {
  readonly fetch: typeof globalThis.fetch;
  readonly batches: SentBatch[];
  /** Bodies of the session calls. */
  readonly sessions: Record<string, unknown>[];
  /** The next batches' replies, in their order; then the default again. */
  readonly replyToBatches: (...replies: Reply[]) => void;
  readonly replyToSessions: (...replies: Reply[]) => void;
  /** Ids of the events that a default or a stored receipt has accepted, in the order of arrival, copies included. */
  readonly stored: string[];
  /** Requests under way now, and the most there ever were. */
  readonly underWay: () => { now: number; most: number };
}

export interface ScriptedFetchOptions {
  readonly clock: Pick<FakeClock, 'now' | 'watch'>;
  /** The relay's clock less the client's. */
  readonly clockOffsetMs?: number;
  /** The relay's clock, where the client's does not move it. */
  readonly relayNow?: () => number;
  readonly tokenLifeMs?: number;
  /** The reply to a batch that the script does not name. */
  readonly otherwise?: (batch: SentBatch) => Reply;
  /** Called inside every request: time may pass on its way, and what throws keeps it from leaving. */
  readonly onRequest?: (url: string, init: RequestInit) => void | Promise<void> | undefined;
  readonly sessionConfig?: () => unknown;
}

export const SIGNING_KEY = 'c2lnbmluZy1rZXktc2lnbmluZy1rZXktc2lnbmluZyE';

/** A relay that answers by script, and checks what every client owes it. */
export function createScriptedFetch(options: ScriptedFetchOptions): ScriptedFetch {
  const { clock, clockOffsetMs = 0, tokenLifeMs = 3_600_000 } = options;
  const { relayNow = () => clock.now() + clockOffsetMs } = options;
  const batches: SentBatch[] = [];
  const sessions: Record<string, unknown>[] = [];
  const stored: string[] = [];
  const batchReplies: Reply[] = [];
  const sessionReplies: Reply[] = [];
  let now = 0;
  let most = 0;

  const fetch = async (input: unknown, init: RequestInit = {}): Promise<Response> => {
    const url = String(input);
    now++;
    most = Math.max(most, now);
    try {
      await options.onRequest?.(url, init);
      return url.endsWith('/v1/session') ? await openSession(init) : await takeBatch(init);
    } finally {
      now--;
    }
  };

  async function openSession(init: RequestInit): Promise<Response> {
    sessions.push(JSON.parse(String(init.body)));
    const reply = sessionReplies.shift();
    if (reply !== undefined) return play(reply, init);
    return json(200, {
      token: `token-${sessions.length}`,
      key: SIGNING_KEY,
      expires: relayNow() + tokenLifeMs,
      now: relayNow(),
      config: options.sessionConfig?.() ?? {},
    });
  }

  async function takeBatch(init: RequestInit): Promise<Response> {
    const batch = await clock.watch(readBatch(init));
    batches.push(batch);
    const reply = batchReplies.length > 0 ? batchReplies.shift() : options.otherwise?.(batch);
    if (typeof reply === 'string' || (reply && 'status' in reply)) return play(reply, init);
    const receipts = reply ? reply.receipts(batch) : storedReceipts(batch);
    for (const { lane, first, count, status } of receipts) {
      if (status !== 'stored') continue;
      for (let seq = first; seq < first + count; seq++) stored.push(`${lane}.${seq}`);
    }
    return json(200, {
      now: relayNow(),
      receipts,
      ...(reply && { config: reply.config }),
    });
  }

  return {
    fetch: fetch as typeof globalThis.fetch,
    batches,
    sessions,
    stored,
    replyToBatches: (...replies) => batchReplies.push(...replies),
    replyToSessions: (...replies) => sessionReplies.push(...replies),
    underWay: () => ({ now, most }),
  };
}

/** One receipt for each segment of a batch. */
export function storedReceipts(batch: SentBatch): Receipt[] {
  return batch.segments.map(({ lane, first, lines }) => ({
    lane,
    first,
    count: lines.length,
    status: 'stored',
    shard: 'shardId-000000000000',
    sequence: '49657',
  }));
}

async function play(reply: Reply, init: RequestInit): Promise<Response> {
  if (reply === 'network') throw new TypeError('Failed to fetch');
  if (reply === 'hang') {
    return new Promise((_, reject) => {
      init.signal?.addEventListener('abort', () => reject(init.signal?.reason));
    });
  }
  if (!reply || !('status' in reply)) throw new Error('reply: expected one of a status');
  return typeof reply.body === 'string'
    ? new Response(reply.body, { status: reply.status, headers: reply.headers ?? {} })
    : json(reply.status, reply.body ?? {}, reply.headers);
}

function json(status: number, body: unknown, headers: HeadersInit = {}): Response {
  return new Response(JSON.stringify(body), { status, headers });
}

async function readBatch(init: RequestInit): Promise<SentBatch> {
  const parsed = parseHead(init.body as Uint8Array<ArrayBuffer>);
  if (!parsed.ok) throw new Error(parsed.reason);
  const { head } = parsed.value;
  const payload = parsed.value.payload.slice();
  const text = isGzip(payload) ? await gunzip(payload) : new TextDecoder().decode(payload);
  const read = parsePayload(text);
  if (!read.ok) throw new Error(read.reason);
  const { segments } = read.value;
  return {
    head,
    payload,
    text,
    segments,
    ids: segments.flatMap(({ lane, first, lines }) =>
      lines.map((_, at) => `${lane}.${first + at}`),
    ),
    events: segments.flatMap(({ lines }) => lines.map((line) => JSON.parse(line))),
    wasSigned: await isSigned(head, payload),
    init,
  };
}

async function isSigned(head: BatchHead, payload: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const key = await importHmacKey(
    crypto.subtle,
    decodeBase64url(SIGNING_KEY) as Uint8Array<ArrayBuffer>,
  );
  const signature = decodeBase64url(head.signature);
  if (!signature) return false;
  return verifyHmac(crypto.subtle, key, signature, signedBytes(head.sentAt, payload));
}

async function gunzip(payload: Uint8Array<ArrayBuffer>): Promise<string> {
  const stream = new DecompressionStream('gzip');
  const writer = stream.writable.getWriter();
  writer.write(payload).catch(() => {});
  writer.close().catch(() => {});
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of stream.readable) text += decoder.decode(chunk, { stream: true });
  return text;
}
