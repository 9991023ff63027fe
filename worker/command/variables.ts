/** Where the secret comes from: never from an argument, which every process of the machine can read. */

import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import { CommandError } from './command-error.ts';

const DEFAULT_FILE = '.dev.vars';
const LEAST_LENGTH = 32;

export interface Variables {
  readonly RELAY_SECRET?: string | undefined;
  readonly RELAY_SECRET_PREVIOUS?: string | undefined;
  readonly RELAY_REVOKED?: string | undefined;
}

/** Of the named file alone; without a name, of the environment, and of `.dev.vars` where the environment has none. */
export async function readVariables(file: string | undefined): Promise<Variables> {
  if (file !== undefined) return parseEnv(await readText(file, '--env-file'));
  const ofFile = parseEnv(
    await readText(DEFAULT_FILE, DEFAULT_FILE).catch((error: CommandError) => {
      if ((error.cause as NodeJS.ErrnoException).code === 'ENOENT') return '';
      throw error;
    }),
  );
  const { RELAY_SECRET, RELAY_SECRET_PREVIOUS, RELAY_REVOKED } = process.env;
  // Those of one place belong together: a previous secret of another relay would vouch for its tokens.
  return RELAY_SECRET
    ? { RELAY_SECRET, RELAY_SECRET_PREVIOUS, RELAY_REVOKED }
    : { ...ofFile, ...(RELAY_REVOKED ? { RELAY_REVOKED } : {}) };
}

export function requireSecret({ RELAY_SECRET: secret = '' }: Variables): string {
  if (secret.length >= LEAST_LENGTH) return secret;
  const got = secret ? `${secret.length}` : 'none';
  throw new CommandError(
    `RELAY_SECRET: expected at least ${LEAST_LENGTH} characters in the environment, in ${DEFAULT_FILE}, ` +
      `or in the file of --env-file, got ${got}`,
  );
}

/** A file's text. `what` asked for it. */
export async function readText(file: string, what: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new CommandError(`${what}: expected a file that can be read, got ${file}`, 1, { cause });
  }
}
