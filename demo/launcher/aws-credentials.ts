import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import { LaunchError } from './launch-error.ts';
import type { AwsCredentials } from './pipeline.ts';

/** Keys for `--aws`, from `.dev.vars` and nowhere else: the shell's own `AWS_*` are for other work and may do much more. */
export async function readAwsCredentials(file: string): Promise<AwsCredentials> {
  const settings = parseEnv(await readText(file));
  const { RELAY_AWS_ACCESS_KEY_ID: accessKeyId, RELAY_AWS_SECRET_ACCESS_KEY: secretAccessKey } =
    settings;
  const sessionToken = settings.RELAY_AWS_SESSION_TOKEN;
  if (accessKeyId && secretAccessKey) {
    return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
  }
  const missing = [
    !accessKeyId && 'RELAY_AWS_ACCESS_KEY_ID',
    !secretAccessKey && 'RELAY_AWS_SECRET_ACCESS_KEY',
  ].filter(Boolean);
  throw new LaunchError(
    `--aws: expected ${missing.join(' and ')} in ${file}, one NAME=value a line ` +
      '(and RELAY_AWS_SESSION_TOKEN for temporary keys); AWS_* of the shell is not read',
  );
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
