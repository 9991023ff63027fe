/** What has to hold before a deploy: settings in order, and a built Worker that really takes sessions and batches of its sources. */

import { gzipSync } from 'node:zlib';
import { unstable_readConfig } from 'wrangler';
import type { BatchAnswer } from '../../src/protocol/receipt.ts';
import type { SessionAnswer } from '../../src/protocol/session.ts';
import { parseSettings, streamsOf } from '../../worker/configuration/settings.ts';
import type { Source } from '../../worker/configuration/source.ts';
import type { Env } from '../../worker/env.ts';
import { RELAY_GZIP_BYTES } from '../build/budgets.ts';
import { createFakeKinesis, serveFakeKinesis } from '../helpers/fake-kinesis/index.ts';
import { writeSignedBatch } from '../helpers/signed-batch.ts';
import { buildWorker, CONFIG, measureStart, runWorker } from './built-worker.ts';

/** Stand in for the real ones, which no check needs. */
const STAND_INS = {
  RELAY_SECRET: 'stands in for the secret of the relay',
  RELAY_AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  RELAY_AWS_SECRET_ACCESS_KEY: 'stands in for the key of AWS',
  RELAY_TURNSTILE_SECRET: 'stands in for the secret of Turnstile',
} as const;

/** For an environment whose sources all stand in its store. */
const EXAMPLE = '{"wk_check":{"name":"check","stream":"check","origins":"*"}}';

export interface CheckOptions {
  /** Of `wrangler.toml`; none: what stands at its top. */
  readonly environment?: string | undefined;
  /** Hears each thing that was found in order. */
  readonly report: (line: string) => void;
}

/** What wrangler will deploy. Rejects with a sentence that names what is wrong. */
export async function checkDeploy({ environment, report }: CheckOptions): Promise<void> {
  const config = unstable_readConfig({ config: CONFIG, ...(environment && { env: environment }) });
  if (!config.compatibility_date) throw new Error('compatibility_date: expected one, got none');
  const variables = readVariables(config);
  const sources = checkSettings(variables, config);
  report(`settings: in order, ${sources.length} ${sources.length === 1 ? 'source' : 'sources'}`);

  const worker = await buildWorker(environment);
  try {
    const bytes = gzipSync(worker.bytes, { level: 9 }).length;
    if (bytes > RELAY_GZIP_BYTES) {
      throw new Error(`script: expected at most ${RELAY_GZIP_BYTES} bytes, got ${bytes}`);
    }
    report(`script: ${(bytes / 1024).toFixed(1)} KiB gzipped`);
    const startMs = await measureStart(worker, config.compatibility_date, variables);
    report(
      `start: ${startMs.toFixed(0)} ms of processor time more than a Worker that does nothing`,
    );
    await tryWorker(worker, config.compatibility_date, variables, report);
  } finally {
    await worker.remove();
  }
}

type Config = ReturnType<typeof unstable_readConfig>;

function readVariables({ vars }: Config): Record<string, string> {
  const texts = Object.entries(vars).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return { ...STAND_INS, ...Object.fromEntries(texts) };
}

/** The sources of the variables, all of them, or every problem in one error. */
function checkSettings(
  variables: Readonly<Record<string, string>>,
  { kv_namespaces }: Config,
): readonly Source[] {
  const bound: readonly { readonly binding?: string }[] = kv_namespaces;
  const hasStore = bound.some(({ binding }) => binding === 'RELAY_STORE');
  const settings = parseSettings(variables as Partial<Env> as Env, hasStore);
  if (settings.ok) return [...settings.value.sources.values()];
  throw new Error(['settings of wrangler.toml:', ...settings.problems].join('\n  '));
}

async function tryWorker(
  worker: { readonly script: string },
  compatibilityDate: string,
  variables: Readonly<Record<string, string>>,
  report: (line: string) => void,
): Promise<void> {
  const { RELAY_AWS_REGION: region = '', SOURCES = EXAMPLE } = variables;
  const tried = { ...variables, SOURCES: SOURCES.trim() === '' ? EXAMPLE : SOURCES };
  const settings = parseSettings(tried as Partial<Env> as Env, false);
  if (!settings.ok) throw new Error(settings.problems.join('\n'));
  const sources = [...settings.value.sources.values()];
  const isElsewhere = sources.some((source) => (source.region ?? region) !== region);
  const credentials = {
    accessKeyId: STAND_INS.RELAY_AWS_ACCESS_KEY_ID,
    secretAccessKey: STAND_INS.RELAY_AWS_SECRET_ACCESS_KEY,
  };
  // One fake has one region: signatures for several are not looked at.
  const kinesis = createFakeKinesis({ region, ...(isElsewhere ? {} : { credentials }) });
  for (const stream of new Set(sources.flatMap(streamsOf))) {
    kinesis.call('CreateStream', { StreamName: stream, ShardCount: 1 });
  }
  const server = await serveFakeKinesis(kinesis);
  const endpoint = { RELAY_KINESIS_ENDPOINT: server.endpoint };
  const running = await runWorker(worker, compatibilityDate, { ...tried, ...endpoint });
  try {
    const health = await fetch(`${running.url}/v1/health`);
    if (!health.ok) throw new Error(`/v1/health: expected 200, got ${await health.text()}`);
    report('/v1/health: well');
    for (const source of sources) {
      const stored = () =>
        streamsOf(source).reduce((sum, stream) => sum + kinesis.records(stream).length, 0);
      report(`source ${source.name}: ${await trySource(running.url, source, stored)}`);
    }
  } finally {
    await running.stop();
    await server.close();
  }
}

/** A session and a batch, as a page of the source's first origin sends them. */
async function trySource(
  url: string,
  { writeKey, origins, disabled, turnstile, name }: Source,
  stored: () => number,
): Promise<string> {
  if (disabled) return 'switched off';
  if (turnstile) return 'not tried, for want of somebody to solve the challenge';
  const [origin] = origins === '*' ? [] : origins;
  const headers: Record<string, string> = origin ? { origin } : {};
  const post = async (path: string, body: string | Uint8Array<ArrayBuffer>): Promise<unknown> => {
    const response = await fetch(url + path, { method: 'POST', body, headers });
    if (response.ok) return response.json();
    throw new Error(`source ${name}: ${path}: expected 200, got ${await response.text()}`);
  };
  const request = JSON.stringify({ writeKey, client: 'deploy', sdk: 'rivulet-deploy' });
  const session = (await post('/v1/session', request)) as SessionAnswer;
  const event = { type: 'track', event: 'Deployed', timestamp: Date.now(), properties: {} };
  const before = stored();
  const answer = await post('/v1/batch', await writeSignedBatch(session, [event, event]));
  const { receipts } = answer as BatchAnswer;
  const isRefusedByPlan = receipts.every((receipt) => {
    return receipt.status === 'rejected' && receipt.code === 'plan_violated';
  });
  if (isRefusedByPlan) return 'answers; its plan does not know the event of this check';
  if (receipts.every(({ status }) => status === 'stored') && stored() > before) {
    return 'stores what it is sent';
  }
  throw new Error(`source ${name}: expected a stored batch, got ${JSON.stringify(receipts)}`);
}
