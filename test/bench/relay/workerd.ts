/** The relay and its baseline, bundled by wrangler and run by one workerd, without the proxy that `wrangler dev` puts before them. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unstable_readConfig } from 'wrangler';
import type { SessionAnswer } from '../../../src/protocol/session.ts';
import { buildWorker, CONFIG, formatConfig, ROOT } from '../../deploy/built-worker.ts';
import { freePort } from './listen.ts';

const PASS_THROUGH_CONFIG = join(import.meta.dirname, 'pass-through/wrangler.toml');

export interface Workers {
  readonly relayUrl: string;
  readonly passThroughUrl: string;
  /** The relay's script, as it is uploaded. */
  readonly relayScript: Buffer;
  /** Processor time that workerd used so far. */
  readonly cpuMs: () => Promise<number>;
  /** Resident memory of workerd, in MiB. */
  readonly residentMib: () => Promise<number>;
  readonly close: () => Promise<void>;
}

/** A relay whose write key `wk` goes to a stream behind this address. */
export function relayVariables(kinesisUrl: string): Record<string, string> {
  return {
    RELAY_SECRET: 'a secret of at least thirty-two characters',
    RELAY_AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    RELAY_AWS_SECRET_ACCESS_KEY: 'local',
    RELAY_AWS_REGION: 'us-east-1',
    RELAY_KINESIS_ENDPOINT: kinesisUrl,
    SOURCES: '{"wk":{"name":"shop","stream":"clickstream","origins":"*"}}',
  };
}

export async function startWorkers(variables: Record<string, string>): Promise<Workers> {
  const folder = await mkdtemp(join(tmpdir(), 'rivulet-bench-'));
  const [relay, passThrough] = await Promise.all([
    buildInto(folder, 'relay.js', CONFIG),
    buildInto(folder, 'pass-through.js', PASS_THROUGH_CONFIG),
  ]);
  const [relayPort, passThroughPort] = [await freePort(), await freePort()];
  const workers = [
    { name: 'relay', file: relay.file, port: relayPort },
    { name: 'pass-through', file: passThrough.file, port: passThroughPort },
  ];
  const { compatibility_date = '' } = unstable_readConfig({ config: CONFIG });
  const config = join(folder, 'config.capnp');
  await writeFile(config, formatConfig(workers, compatibility_date, variables));
  const workerd = spawn(join(ROOT, 'node_modules/.bin/workerd'), ['serve', config], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const relayUrl = `http://127.0.0.1:${relayPort}`;
  const close = async (): Promise<void> => {
    if (workerd.kill()) await once(workerd, 'exit');
    await rm(folder, { recursive: true });
  };
  await untilAnswers(`${relayUrl}/v1/health`).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return {
    relayUrl,
    passThroughUrl: `http://127.0.0.1:${passThroughPort}`,
    relayScript: relay.bytes,
    cpuMs: () => readCpuMs(workerd.pid),
    residentMib: () => readResidentMib(workerd.pid),
    close,
  };
}

/** A session for the write key of {@link relayVariables}. */
export async function openSession(relayUrl: string): Promise<SessionAnswer> {
  const body = JSON.stringify({ writeKey: 'wk', client: 'bench', sdk: 'rivulet/bench' });
  const response = await fetch(`${relayUrl}/v1/session`, { method: 'POST', body });
  return (await response.json()) as SessionAnswer;
}

async function buildInto(folder: string, file: string, configuration: string) {
  const { bytes, remove } = await buildWorker(undefined, configuration);
  await writeFile(join(folder, file), bytes);
  await remove();
  return { file, bytes };
}

async function untilAnswers(url: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return;
    if (response) throw new Error(`${url}: expected 200, got ${await response.text()}`);
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`${url}: expected an answer within 5 s, got none`);
}

/** User and system time in ticks of 10 ms: proc(5). */
async function readCpuMs(pid: number | undefined): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** proc(5). */
async function readResidentMib(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}
