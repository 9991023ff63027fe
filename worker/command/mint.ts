import { writeFile } from 'node:fs/promises';
import * as v from 'valibot';
import { createTokenId, issueReadToken, issueSession } from '../admission/tokens.ts';
import { isOrigin, STREAM, writeKeySchema } from '../configuration/source.ts';
import { CommandError } from './command-error.ts';
import {
  type Command,
  readDays,
  readFlags,
  requireFlag,
  SECRET_FLAGS,
  SECRET_HELP,
} from './flags.ts';
import { readVariables, requireSecret } from './variables.ts';

const DEVICE_DAYS = 365;
const READ_DAYS = 30;

/** As many as a relay takes for a client's name. */
const MAX_CLIENT_LENGTH = 128;

export const mint: Command = {
  help: `Makes a token that lives long.

  rivulet mint device --write-key KEY --client NAME [--origin ORIGIN] [--days ${DEVICE_DAYS}] [--out FILE]
  rivulet mint read --stream NAME [--stream NAME …] [--days ${READ_DAYS}] [--out FILE]

"device" prints a session: what createClient takes as \`session\` on a device, or for a page of ORIGIN.
"read" prints a token for the read door, good for these streams.
Whoever holds the one can send in the client's name, whoever holds the other can read the streams.

  --write-key KEY     the source
  --client NAME       the device's own name, 1 to ${MAX_CLIENT_LENGTH} characters: the client id of its events
  --origin ORIGIN     the one page origin that may use it, such as https://kiosk.example (none: no page)
  --stream NAME       a stream that may be read; again for each further one
  --days N            how long it is good, 1 to 3650
  --out FILE          a new file for its owner alone, instead of the terminal
${SECRET_HELP}
`,

  async run([what, ...args]) {
    if (what === 'device') await mintDevice(args);
    else if (what === 'read') await mintRead(args);
    else throw new CommandError('mint: expected device or read; see rivulet mint --help', 2);
    return undefined;
  },
};

const SHARED_FLAGS = {
  ...SECRET_FLAGS,
  days: { type: 'string' },
  out: { type: 'string' },
} as const;

async function mintDevice(args: readonly string[]): Promise<void> {
  const { values } = readFlags(args, {
    ...SHARED_FLAGS,
    'write-key': { type: 'string' },
    client: { type: 'string' },
    origin: { type: 'string' },
  });
  const writeKey = requireFlag('write-key', values['write-key'], "the source's write key");
  const client = requireFlag('client', values.client, "the device's name");
  const origin = values.origin ?? null;
  if (!v.is(writeKeySchema, writeKey)) {
    throw new CommandError('--write-key: expected 1 to 128 ASCII characters without a space', 2);
  }
  if (client.length > MAX_CLIENT_LENGTH) {
    throw new CommandError(`--client: expected at most ${MAX_CLIENT_LENGTH} characters`, 2);
  }
  if (origin !== null && !isOrigin(origin)) {
    throw new CommandError(
      `--origin: expected an origin without a path, such as https://kiosk.example, got ${origin}`,
      2,
    );
  }
  const secret = requireSecret(await readVariables(values['env-file']));
  const times = lifeOf(readDays(values.days, DEVICE_DAYS));
  const id = createTokenId();
  const session = await issueSession(secret, { writeKey, client, origin, ...times, id });
  await giveOut(JSON.stringify(session, null, 2), values.out, id, times.expires);
}

async function mintRead(args: readonly string[]): Promise<void> {
  const { values } = readFlags(args, {
    ...SHARED_FLAGS,
    stream: { type: 'string', multiple: true },
  });
  const streams = values.stream ?? [];
  if (streams.length === 0 || !streams.every((stream) => STREAM.test(stream))) {
    throw new CommandError('--stream: expected the name of a Kinesis data stream', 2);
  }
  const secret = requireSecret(await readVariables(values['env-file']));
  const times = lifeOf(readDays(values.days, READ_DAYS));
  const id = createTokenId();
  const token = await issueReadToken(secret, { streams, ...times, id });
  await giveOut(token, values.out, id, times.expires);
}

function lifeOf(lifeMs: number): { readonly issued: number; readonly expires: number } {
  const issued = Date.now();
  return { issued, expires: issued + lifeMs };
}

async function giveOut(
  given: string,
  file: string | undefined,
  id: string,
  expires: number,
): Promise<void> {
  if (file === undefined) console.log(given);
  else await writeNew(file, `${given}\n`);
  const until = new Date(expires).toISOString();
  console.error(`id ${id}, good until ${until}; to end it before: rivulet revoke ${id}`);
}

/** A file that is there may be readable by others, and may be what a device is using. */
async function writeNew(file: string, content: string): Promise<void> {
  try {
    await writeFile(file, content, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    throw new CommandError(`--out: expected a new file that can be written, got ${file}`, 1, {
      cause,
    });
  }
}
