/**
 * Where the relay's time goes: the stages of a batch of 100 events, each on its own and as a part of the whole. In Node, whose
 * engine is workerd's, with a Kinesis that answers at once and no network: what a platform takes for itself is not in it.
 */

import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { parseHead, parsePayload } from '../../src/protocol/batch.ts';
import { createAdmission } from '../../worker/admission/admission.ts';
import { admitBatch } from '../../worker/admission/batch.ts';
import { issueSession } from '../../worker/admission/tokens.ts';
import { parseSettings } from '../../worker/configuration/settings.ts';
import type { Env } from '../../worker/env.ts';
import { prepareEntries } from '../../worker/events/prepare.ts';
import { parseEvent } from '../../worker/events/validate.ts';
import { ingest } from '../../worker/ingest.ts';
import { createKinesisCall } from '../../worker/kinesis/call.ts';
import { createPutCall } from '../../worker/kinesis/put-call.ts';
import { createStreamWriter } from '../../worker/kinesis/stream-writer.ts';
import { encodeUnit, planUnits } from '../../worker/kinesis/unit.ts';
import { platformRuntime } from '../../worker/runtime.ts';
import type { Bench, Measurement } from './bench.ts';
import { median } from './median.ts';
import { writeRelayBatch } from './relay/load.ts';
import { relayVariables } from './relay/workerd.ts';

const EVENTS = 100;
const ROUNDS = 6;
const RUNS_PER_ROUND = 200;

const KINESIS = 'http://127.0.0.1:9';
const ENV = { ...relayVariables(KINESIS) } as Partial<Env> as Env;
const QUIET = { ...platformRuntime, log: () => {} };

export const bench: Bench = { name: 'relay-stages', run };

async function run(): Promise<readonly Measurement[]> {
  const ownFetch = globalThis.fetch;
  globalThis.fetch = async () => new Response(ANSWER);
  try {
    const stages = await createStages();
    const times = await timeAll(stages);
    const whole = times.get('the whole batch') ?? Number.NaN;
    return [...times].map(([name, value]) => ({
      name,
      value,
      unit: 'µs',
      baseline: { name: 'the whole batch', value: whole },
    }));
  } finally {
    globalThis.fetch = ownFetch;
  }
}

const ANSWER = JSON.stringify({
  FailedRecordCount: 0,
  Records: [{ ShardId: 'shardId-000000000000', SequenceNumber: '4966671619706135738975117086' }],
});

type Stage = () => unknown;

async function createStages(): Promise<ReadonlyMap<string, Stage>> {
  const issued = Date.now();
  const session = await issueSession(ENV.RELAY_SECRET, {
    ...{ writeKey: 'wk', client: 'bench', origin: null },
    ...{ issued, expires: issued + 3_600_000 },
  });
  const body = new Uint8Array(await writeRelayBatch(session, EVENTS));

  const parsed = parseSettings(ENV, false);
  if (!parsed.ok) throw new Error(parsed.problems.join('; '));
  const admission = createAdmission(parsed.value, QUIET);
  const { source, payload } = await admitBatch(admission, body, null, Date.now());
  const inflated = gunzipSync(payload);
  const text = new TextDecoder().decode(inflated);
  const batch = parsePayload(text);
  if (!batch.ok || !parseHead(body).ok) throw new Error('batch: expected one, got none');
  const { segments } = batch.value;
  const lines = segments.flatMap((segment) => segment.lines);
  const now = new Date().toISOString();
  const facts = {
    ...{ source: source.name, sentAt: now, receivedAt: now, clockOffsetMs: 12 },
    ...{ latest: Date.now() + 60_000, client: 'bench', edge: {}, agent: {} },
  };
  const { entries } = prepareEntries(segments, facts, source, Math.random);
  const units = [...planUnits(entries, source).values()].flat();
  const [first = new Uint8Array()] = units.map(encodeUnit);
  const kinesis = createKinesisCall(parsed.value.kinesis, QUIET);
  const put = createPutCall(kinesis, source.stream);
  const writer = createStreamWriter(kinesis, QUIET);
  const request = new Request('http://relay.invalid/v1/batch', { method: 'POST' });
  const handle = async (): Promise<string> => {
    const admitted = await admitBatch(admission, body, null, Date.now());
    const arrived = { ...admitted, hold: () => {}, secret: ENV.RELAY_SECRET };
    const { result } = await ingest(arrived, request, writer, QUIET);
    return JSON.stringify(result);
  };
  const base64 = Buffer.from(first).toString('base64');

  return new Map<string, Stage>([
    ['the whole batch', handle],
    ['admission: token, key and signature', () => admitBatch(admission, body, null, Date.now())],
    ['gunzip', () => gunzipSync(payload)],
    ['UTF-8 and segments', () => parsePayload(new TextDecoder().decode(inflated))],
    ['JSON.parse of each event', () => lines.map((line) => JSON.parse(line))],
    ['the same, validated', () => lines.map((line) => parseEvent(line))],
    [
      'the same, enriched, keyed and written',
      () => prepareEntries(segments, facts, source, Math.random),
    ],
    ['aggregate', () => [...planUnits(entries, source).values()].flat().map(encodeUnit)],
    ['… of it, MD5', () => createHash('md5').update(first).digest()],
    ['the call: aggregate, base64, JSON, signature, answer', () => put(units, 5000)],
    ['… of it, SHA-256 of its body', () => createHash('sha256').update(base64).digest('hex')],
  ]);
}

/** The median of runs, in microseconds. In rounds in which all take turns: what slows the machine slows all alike. */
async function timeAll(stages: ReadonlyMap<string, Stage>): Promise<Map<string, number>> {
  const times = new Map<string, number[]>([...stages.keys()].map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, stage] of stages) {
      for (let turn = 0; turn < RUNS_PER_ROUND; turn++) {
        const startedAt = performance.now();
        await stage();
        // The first round compiles.
        if (round > 0) times.get(name)?.push((performance.now() - startedAt) * 1000);
      }
    }
  }
  return new Map([...times].map(([name, values]) => [name, median(values)]));
}
