import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Part } from './part.ts';
import { LOOPBACK } from './ports.ts';
import { packageFile, startProcess } from './process-part.ts';
import { bringUp, until } from './until.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** Settings of the relay by name: `RELAY_…` and `SOURCES`. */
export type RelaySettings = Readonly<Record<string, string>>;

export interface Relay extends Part {
  readonly url: string;
}

/** The relay under `wrangler dev`: the Worker of `wrangler.toml` in workerd, on loopback, without the network. */
export async function startRelay(settings: RelaySettings, givenUp: AbortSignal): Promise<Relay> {
  const folder = await mkdtemp(join(tmpdir(), 'rivulet-relay-'));
  const envFile = join(folder, 'settings.env');
  await writeFile(envFile, formatEnv(settings), { mode: 0o600 });
  const part = await startProcess({
    name: 'relay',
    command: [packageFile('wrangler'), ...argumentsOf(envFile, folder)],
    cwd: ROOT,
    env: relayEnvironment(process.env, folder),
  });
  const stop = async (): Promise<void> => {
    await part.stop();
    await rm(folder, { recursive: true, force: true });
  };
  const url = await bringUp({ ...part, stop }, givenUp, async (signal) => {
    const [message] = await once(part.process, 'message', { signal });
    const { port } = JSON.parse(message) as { port: number };
    const address = `http://${LOOPBACK}:${port}`;
    const isHealthy = async () => (await fetch(`${address}/v1/health`)).ok;
    await until('relay: its health', isHealthy, signal);
    return address;
  });
  return { ...part, stop, url };
}

function argumentsOf(envFile: string, folder: string): string[] {
  return [
    ...['dev', '--config', join(ROOT, 'wrangler.toml'), '--local', '--ip', LOOPBACK],
    // wrangler says over IPC which port it got.
    ...['--port', '0', '--inspector-ip', LOOPBACK, '--inspector-port', '0'],
    // Given a file, wrangler leaves `.dev.vars` and `.env` alone: real credentials stay out of a local run.
    ...['--env-file', envFile, '--persist-to', folder],
    ...['--log-level', 'warn', '--show-interactive-dev-session', 'false'],
  ];
}

/** The launcher's environment without anything that could reach the Worker or make wrangler look at the network. */
function relayEnvironment(own: NodeJS.ProcessEnv, folder: string): NodeJS.ProcessEnv {
  const kept = Object.entries(own).filter(
    ([name]) => !/^(AWS|RELAY|CLOUDFLARE|CF|WRANGLER)_|^(SOURCES|NODE_OPTIONS)$/.test(name),
  );
  return {
    ...Object.fromEntries(kept),
    // Deleted by the process itself when the launcher cannot.
    LAUNCHER_TEMPORARY_FOLDER: folder,
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
    CLOUDFLARE_INCLUDE_PROCESS_ENV: 'false',
    WRANGLER_SEND_METRICS: 'false',
    WRANGLER_SEND_ERROR_REPORTS: 'false',
    // The banner is what looks for updates.
    WRANGLER_HIDE_BANNER: 'true',
    WRANGLER_WRITE_LOGS: 'false',
    WRANGLER_REGISTRY_PATH: join(folder, 'registry'),
  };
}

/** Single quotes keep a value as it is, but for quotes and for `$`, which wrangler would expand. */
function formatEnv(settings: RelaySettings): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}='${value.replaceAll('$', '\\$')}'\n`)
    .join('');
}

/** JSON that survives an env file: no quote, no dollar. */
export function toEnvJson(value: unknown): string {
  return JSON.stringify(value).replaceAll("'", '\\u0027').replaceAll('$', '\\u0024');
}
