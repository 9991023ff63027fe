/** A device that sends its lane's events to a real relay, in turn under many keys, and keeps what is not acknowledged. */

import { setTimeout as sleep } from 'node:timers/promises';
import { decodeBase64url, encodeBase64url } from '../../src/protocol/base64url.ts';
import { encodeHead, encodeSegmentHead, signedBytes } from '../../src/protocol/batch.ts';
import { importHmacKey, signHmac } from '../../src/protocol/hmac.ts';
import { type BatchAnswer, isBatchAnswer } from '../../src/protocol/receipt.ts';
import type { SessionAnswer } from '../../src/protocol/session.ts';

export interface LaneSender {
  /** Sends batch after batch, until it is stopped and everything is stored. */
  readonly run: () => Promise<void>;
  readonly stop: () => void;
  readonly batches: () => number;
  /** Events that have been captured so far: all numbers from 1 to this. */
  readonly captured: () => number;
}

export function createLaneSender(options: {
  readonly relay: string;
  readonly writeKey: string;
  readonly lane: string;
  readonly keys: number;
  readonly batchEvents: number;
}): LaneSender {
  const { relay, writeKey, lane, keys, batchEvents } = options;
  const { subtle } = globalThis.crypto;
  const waiting: number[] = [];
  let after: Record<string, string> = {};
  let captured = 0;
  let batches = 0;
  let isStopped = false;

  async function openSession(): Promise<SessionAnswer> {
    const body = JSON.stringify({ writeKey, client: lane, sdk: 'test' });
    const response = await fetch(`${relay}/v1/session`, { method: 'POST', body });
    return (await response.json()) as SessionAnswer;
  }

  /** Neighbours whose numbers leave no gap share a segment. */
  function write(): Uint8Array<ArrayBuffer> {
    const lines = waiting.slice(0, batchEvents).map((seq, at, all) => {
      const head = encodeSegmentHead(lane, seq, JSON.stringify({ anonymousId: lane }));
      const properties = { deviceId: `${lane}-${seq % keys}` };
      const event = JSON.stringify({ type: 'track', event: 'E', timestamp: 1, properties });
      return `${at > 0 && all[at - 1] === seq - 1 ? '' : head}${event}\n`;
    });
    const sender = JSON.stringify({ sdk: 'test', after });
    return new TextEncoder().encode(`${sender}\n${lines.join('')}`);
  }

  async function send({ token, key }: SessionAnswer): Promise<BatchAnswer | undefined> {
    const payload = write();
    const sentAt = Date.now();
    const hmacKey = await importHmacKey(subtle, decodeBase64url(key) ?? new Uint8Array());
    const signature = await signHmac(subtle, hmacKey, signedBytes(sentAt, payload));
    const head = encodeHead({ token, sentAt, signature: encodeBase64url(signature) });
    const body = Buffer.concat([Buffer.from(head), payload]);
    const response = await fetch(`${relay}/v1/batch`, { method: 'POST', body });
    const answer: unknown = await response.json();
    batches++;
    return isBatchAnswer(answer) ? answer : undefined;
  }

  function settle({ receipts }: BatchAnswer): void {
    for (const receipt of receipts) {
      if (receipt.status !== 'stored') continue;
      after = { [lane]: receipt.sequence };
      for (let seq = receipt.first; seq < receipt.first + receipt.count; seq++) {
        const at = waiting.indexOf(seq);
        if (at >= 0) waiting.splice(at, 1);
      }
    }
  }

  return {
    async run() {
      const session = await openSession();
      while (!isStopped || waiting.length > 0) {
        while (!isStopped && waiting.length < batchEvents) waiting.push(++captured);
        const answer = await send(session);
        if (answer) settle(answer);
        // Whoever keeps a batch comes back later; the relay asks for a second at least.
        const isKept = !answer || answer.receipts.some(({ status }) => status === 'retry');
        if (isKept) await sleep(1000);
      }
    },
    stop() {
      isStopped = true;
    },
    batches: () => batches,
    captured: () => captured,
  };
}
