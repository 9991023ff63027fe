/** The Worker as wrangler uploads it, run by workerd on loopback: what is deployed is what was tried. */

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { median } from '../bench/median.ts';
import { freePort } from '../bench/relay/listen.ts';

export const ROOT: string = resolve(import.meta.dirname, '../..');
export const CONFIG: string = join(ROOT, 'wrangler.toml');

const BIN = join(ROOT, 'node_modules/.bin');
const START_MS = 10_000;

/** A Worker that does nothing: what starting workerd itself takes. */
const NOTHING = 'export default { fetch: () => new Response("") };';

export interface BuiltWorker {
  /** Where it lies. */
  readonly script: string;
  readonly bytes: Buffer;
  /** Deletes it. */
  readonly remove: () => Promise<void>;
}

/** wrangler's environment without the network. */
export function offlineEnvironment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
    WRANGLER_SEND_METRICS: 'false',
    WRANGLER_SEND_ERROR_REPORTS: 'false',
    WRANGLER_HIDE_BANNER: 'true',
    WRANGLER_WRITE_LOGS: 'false',
  };
}

/** `environment`: one of the configuration's, or none for what stands at its top. */
export async function buildWorker(
  environment: string | undefined,
  configuration: string = CONFIG,
): Promise<BuiltWorker> {
  const folder = await mkdtemp(join(tmpdir(), 'rivulet-deploy-'));
  const options = ['deploy', '--dry-run', '--config', configuration, '--outdir', folder];
  // Empty: the top's own, where wrangler would otherwise ask which was meant.
  options.push('--env', environment ?? '');
  await promisify(execFile)(join(BIN, 'wrangler'), options, {
    cwd: ROOT,
    env: offlineEnvironment(),
  });
  const script = join(folder, 'index.js');
  return {
    script,
    bytes: await readFile(script),
    remove: () => rm(folder, { recursive: true }),
  };
}

export interface RunningWorker {
  readonly url: string;
  /** Processor time from the start of the process to its first answer, by Linux; elsewhere the time on the clock. */
  readonly startMs: number;
  readonly stop: () => Promise<void>;
}

/** Resolves when it answers. Reaches nothing but loopback. */
export async function runWorker(
  { script }: Pick<BuiltWorker, 'script'>,
  compatibilityDate: string,
  variables: Readonly<Record<string, string>>,
): Promise<RunningWorker> {
  const port = await freePort();
  const config = `${script}.${port}.capnp`;
  const worker = { name: 'relay', file: basename(script), port };
  const text = formatConfig([worker], compatibilityDate, variables);
  await writeFile(config, text, { mode: 0o600 });
  const startedAt = performance.now();
  const workerd = spawn(join(BIN, 'workerd'), ['serve', config], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const stop = async (): Promise<void> => {
    if (workerd.exitCode === null && workerd.kill()) await once(workerd, 'exit');
  };
  const url = `http://127.0.0.1:${port}`;
  while (!(await isAnswering(url))) {
    if (performance.now() - startedAt > START_MS || workerd.exitCode !== null) {
      await stop();
      throw new Error('built Worker: expected an answer, got none');
    }
    await sleep(1);
  }
  const elapsedMs = performance.now() - startedAt;
  const startMs = await readCpuMs(workerd.pid).catch(() => elapsedMs);
  return { url, startMs, stop };
}

/**
 * What the script adds to the start of a workerd, in milliseconds: the median of a few starts, over those of a Worker that
 * does nothing.
 */
export async function measureStart(
  worker: BuiltWorker,
  compatibilityDate: string,
  variables: Readonly<Record<string, string>>,
  starts = 5,
): Promise<number> {
  const nothing = { script: join(worker.script, '../nothing.js') };
  await writeFile(nothing.script, NOTHING);
  const times = { ours: [] as number[], nothing: [] as number[] };
  // Taking turns: what slows the machine slows both.
  for (let start = 0; start < starts; start++) {
    for (const [name, what] of [['ours', worker] as const, ['nothing', nothing] as const]) {
      const running = await runWorker(what, compatibilityDate, variables);
      times[name].push(running.startMs);
      await running.stop();
    }
  }
  return median(times.ours) - median(times.nothing);
}

/** Of all its threads: docs.kernel.org/scheduler/sched-stats.html. What else the machine does is not in it. */
async function readCpuMs(pid: number | undefined): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`);
  const stats = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8')),
  );
  return stats.reduce((sum, stat) => sum + Number(stat.split(' ')[0]), 0) / 1e6;
}

async function isAnswering(url: string): Promise<boolean> {
  const response = await fetch(`${url}/v1/health`).catch(() => undefined);
  await response?.arrayBuffer();
  return response !== undefined;
}

/** A Worker as workerd is told of it. */
export interface ConfiguredWorker {
  readonly name: string;
  /** The script's name, beside the configuration. */
  readonly file: string;
  readonly port: number;
}

/** A configuration of workerd: its Workers share the variables, and reach nothing but loopback. */
export function formatConfig(
  workers: readonly ConfiguredWorker[],
  compatibilityDate: string,
  variables: Readonly<Record<string, string>>,
): string {
  const bindings = Object.entries(variables)
    .map(([name, value]) => `(name = ${JSON.stringify(name)}, text = ${JSON.stringify(value)})`)
    .join(', ');
  const services = workers.map(
    ({ name, file }) => `(name = "${name}", worker = (
      modules = [(name = "index.js", esModule = embed "${file}")],
      compatibilityDate = "${compatibilityDate}", globalOutbound = "loopback", bindings = [${bindings}]))`,
  );
  const sockets = workers.map(
    ({ name, port }) =>
      `(name = "${name}", address = "127.0.0.1:${port}", http = (), service = "${name}")`,
  );
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [${services.join(', ')}, (name = "loopback", network = (allow = ["private"]))],
  sockets = [${sockets.join(', ')}]
);
`;
}
