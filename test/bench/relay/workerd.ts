/** The relay and its baseline, bundled by wrangler and run by one workerd, without the proxy that `wrangler dev` puts before them. */

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { SessionAnswer } from '../../../src/protocol/session.ts';
import { freePort } from './listen.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const BIN = join(ROOT, 'node_modules/.bin');

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
  await Promise.all([
    bundle(join(ROOT, 'wrangler.toml'), join(folder, 'relay')),
    bundle(join(import.meta.dirname, 'pass-through/wrangler.toml'), join(folder, 'pass-through')),
  ]);
  const [relayPort, passThroughPort] = [await freePort(), await freePort()];
  const config = writeConfig(variables, { relay: relayPort, 'pass-through': passThroughPort });
  await writeFile(join(folder, 'config.capnp'), config);
  const workerd = spawn(join(BIN, 'workerd'), ['serve', join(folder, 'config.capnp')], {
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
    relayScript: await readFile(join(folder, 'relay/index.js')),
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

async function bundle(config: string, outdir: string): Promise<void> {
  const options = ['deploy', '--dry-run', '--config', config, '--outdir', outdir];
  const env = {
    ...process.env,
    WRANGLER_SEND_METRICS: 'false',
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  };
  await promisify(execFile)(join(BIN, 'wrangler'), options, { cwd: ROOT, env });
}

function writeConfig(variables: Record<string, string>, ports: Record<string, number>): string {
  const bindings = Object.entries(variables)
    .map(([name, value]) => `(name = ${JSON.stringify(name)}, text = ${JSON.stringify(value)})`)
    .join(', ');
  const services = Object.keys(ports).map(
    (name) => `(name = "${name}", worker = (
      modules = [(name = "index.js", esModule = embed "${name}/index.js")],
      compatibilityDate = "2026-10-20", globalOutbound = "loopback", bindings = [${bindings}]))`,
  );
  const sockets = Object.entries(ports).map(
    ([name, port]) =>
      `(name = "${name}", address = "127.0.0.1:${port}", http = (), service = "${name}")`,
  );
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [${services.join(', ')}, (name = "loopback", network = (allow = ["private"]))],
  sockets = [${sockets.join(', ')}]
);
`;
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
