import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { CommandError } from './command-error.ts';

/** One thing that the command can do. */
export interface Command {
  readonly help: string;
  /** Resolves to the exit code, 0 where there is none. */
  readonly run: (args: readonly string[]) => Promise<number | undefined>;
}

/** Flags that every part has which needs the secret. */
export const SECRET_FLAGS = { 'env-file': { type: 'string' } } as const;

/** Flags of where sources and revocations stand. */
export const STORE_FLAGS = {
  'store-file': { type: 'string' },
  binding: { type: 'string' },
  local: { type: 'boolean' },
  remote: { type: 'boolean' },
  env: { type: 'string' },
  config: { type: 'string' },
  'persist-to': { type: 'string' },
} as const;

export const SECRET_HELP = `  --env-file FILE     where RELAY_SECRET stands, in lines of NAME=value
                      (the environment, else the file .dev.vars)`;

export const STORE_HELP = `  --binding NAME      the KV namespace that wrangler.toml binds under this name: RELAY_STORE
  --local             … of this machine's wrangler dev, not of Cloudflare's network
  --env NAME, --config FILE, --persist-to DIR   are passed on to wrangler
  --store-file FILE   the JSON file of a relay in Node`;

/** Reads what follows the command's name. Throws a {@link CommandError} that names the flag. */
export function readFlags<Options extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: Options,
  { least, most }: { least: number; most: number } = { least: 0, most: 0 },
) {
  const { values, positionals } = parseStrictly(args, options);
  if (positionals.length > most) {
    throw new CommandError(`${positionals[most]}: expected no such argument; see --help`, 2);
  }
  if (positionals.length < least) {
    throw new CommandError('arguments: expected more of them; see --help', 2);
  }
  return { values, positionals };
}

function parseStrictly<Options extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    const [sentence] = String(error instanceof Error ? error.message : error).split('. ');
    throw new CommandError(`${sentence}; see --help`, 2);
  }
}

export function requireFlag(name: string, value: string | undefined, meaning: string): string {
  if (value) return value;
  throw new CommandError(`--${name}: expected ${meaning}, got none`, 2);
}

const DAY_MS = 86_400_000;
const MOST_DAYS = 3650;

/** A life in milliseconds. */
export function readDays(text: string | undefined, otherwise: number): number {
  const days = text === undefined ? otherwise : Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= MOST_DAYS) return days * DAY_MS;
  throw new CommandError(`--days: expected a whole number from 1 to ${MOST_DAYS}, got ${text}`, 2);
}
