import { readFile } from 'node:fs/promises';
import { parseArgs, parseEnv } from 'node:util';
import type { LimiterName } from '../runtime.ts';
import type { Rate } from './limiters.ts';

export const HELP = `Runs the relay in Node, behind node:http.

  rivulet-relay [flags]

  --host ADDRESS           where it listens (127.0.0.1)
  --port N                 (8787)
  --metrics-host ADDRESS   where Prometheus finds /metrics (127.0.0.1)
  --metrics-port N         (9464); off: nowhere
  --env-file FILE          settings, in lines of NAME=value; the environment's win
  --store-file FILE        sources and revocations that change without a restart, in JSON
  --proxy-header NAME      says who connected, where nobody comes but through a proxy: x-forwarded-for
  --limit NAME=N/SECONDS   a rate: source, client, session, read or beacon; may be given for each
  --shutdown-ms N          how long requests may go on after SIGTERM (15000)
  --help                   this text

Settings are those of wrangler.toml and its secrets: RELAY_SECRET, RELAY_AWS_ACCESS_KEY_ID,
RELAY_AWS_SECRET_ACCESS_KEY, RELAY_AWS_REGION, SOURCES … GET /v1/health names each that is wrong.
`;

export interface CommandLine {
  readonly help: boolean;
  readonly host: string;
  readonly port: number;
  readonly metricsHost: string;
  readonly metricsPort: number | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly storeFile: string | undefined;
  readonly proxyHeader: string | undefined;
  readonly limits: Readonly<Partial<Record<LimiterName, Rate>>>;
  readonly shutdownMs: number;
}

/** A flag that is wrong. Its message is shown without a stack. */
export class CommandLineError extends Error {
  override readonly name = 'CommandLineError';
}

const LIMITERS = ['source', 'client', 'session', 'read', 'beacon'];

/** What the process was asked for. Rejects with a {@link CommandLineError} that names the flag. */
export async function readCommandLine(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<CommandLine> {
  const flags = readFlags(args);
  const { 'metrics-port': metricsPort = '9464', 'env-file': envFile } = flags;
  return {
    help: flags.help ?? false,
    host: flags.host ?? '127.0.0.1',
    port: wholeNumber('--port', flags.port ?? '8787', 65_535),
    metricsHost: flags['metrics-host'] ?? '127.0.0.1',
    metricsPort:
      metricsPort === 'off' ? undefined : wholeNumber('--metrics-port', metricsPort, 65_535),
    env: envFile === undefined ? environment : { ...(await readEnv(envFile)), ...environment },
    storeFile: flags['store-file'],
    proxyHeader: flags['proxy-header'],
    limits: Object.fromEntries((flags.limit ?? []).map(readLimit)),
    shutdownMs: wholeNumber('--shutdown-ms', flags['shutdown-ms'] ?? '15000', 600_000),
  };
}

function readFlags(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h' },
        host: { type: 'string' },
        port: { type: 'string' },
        'metrics-host': { type: 'string' },
        'metrics-port': { type: 'string' },
        'env-file': { type: 'string' },
        'store-file': { type: 'string' },
        'proxy-header': { type: 'string' },
        limit: { type: 'string', multiple: true },
        'shutdown-ms': { type: 'string' },
      },
    });
    return values;
  } catch (error) {
    const [sentence] = String(error instanceof Error ? error.message : error).split('. ');
    throw new CommandLineError(`${sentence}; see --help`);
  }
}

async function readEnv(file: string): Promise<Record<string, string | undefined>> {
  try {
    return parseEnv(await readFile(file, 'utf8'));
  } catch (cause) {
    const expected = `--env-file: expected a file that can be read, got ${file}`;
    throw new CommandLineError(expected, { cause });
  }
}

function readLimit(text: string): [string, Rate] {
  const [, name = '', limit, seconds] = /^(\w+)=(\d+)\/(\d+)$/.exec(text) ?? [];
  const rate = { limit: Number(limit), periodMs: Number(seconds) * 1000 };
  if (LIMITERS.includes(name) && rate.limit > 0 && rate.periodMs > 0) return [name, rate];
  throw new CommandLineError(
    `--limit: expected NAME=N/SECONDS with one of ${LIMITERS.join(', ')}, got ${text}`,
  );
}

function wholeNumber(flag: string, text: string, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= most) return value;
  throw new CommandLineError(`${flag}: expected a whole number up to ${most}, got ${text}`);
}
