import { TOKEN_ID } from '../configuration/source.ts';
import { CommandError } from './command-error.ts';
import {
  type Command,
  readFlags,
  SECRET_FLAGS,
  SECRET_HELP,
  STORE_FLAGS,
  STORE_HELP,
} from './flags.ts';
import { findSigner, parseGivenToken, readArgument } from './given-token.ts';
import { openStore } from './operator-store.ts';
import { readVariables, type Variables } from './variables.ts';

export const revoke: Command = {
  help: `Ends a token before its time.

  rivulet revoke ID
  rivulet revoke TOKEN
  rivulet revoke - < FILE       reads the token, or the session, from the standard input

With a store, the relay refuses it within two minutes. Without one, the new value of RELAY_REVOKED is printed,
for wrangler.toml or the relay's environment: what it holds now is read from where RELAY_SECRET stands.

  --reason TEXT       is kept with it in the store
${STORE_HELP}
${SECRET_HELP}
`,

  async run(args) {
    const flags = { ...SECRET_FLAGS, ...STORE_FLAGS, reason: { type: 'string' } } as const;
    const { values, positionals } = readFlags(args, flags, { least: 1, most: 1 });
    const [argument = ''] = positionals;
    const variables = await readVariables(values['env-file']);
    const { id, expires } = await readSubject(await readArgument(argument), variables);
    const store = await openStore(values);
    if (!store) {
      const known = variables.RELAY_REVOKED?.split(/[\s,]+/).filter(Boolean) ?? [];
      console.log([...new Set([...known, id])].join(' '));
      console.error('This is the new value of RELAY_REVOKED: set it, and deploy the relay.');
      return undefined;
    }
    const { reason } = values;
    const entry = { at: new Date().toISOString(), ...(reason ? { reason } : {}) };
    await store.put(`revoked/${id}`, JSON.stringify(entry), { expires });
    console.error(`${id}: revoked; the relay knows it within two minutes`);
    return undefined;
  },
};

interface Subject {
  readonly id: string;
  /** When the entry has done its work, in milliseconds since 1970. Absent where nobody vouches for the token's own word. */
  readonly expires?: number;
}

async function readSubject(given: string, variables: Variables): Promise<Subject> {
  if (TOKEN_ID.test(given)) return { id: given };
  const parsed = parseGivenToken(given);
  const { id, expires } = parsed.token;
  if (id === undefined) {
    throw new CommandError(
      'token: expected one with an id; the session of a page ends by itself within an hour',
    );
  }
  if (!variables.RELAY_SECRET) return { id };
  // One that was changed by hand may name the right id, and an end that comes too soon.
  if (await findSigner(parsed, variables)) return { id, expires };
  throw new CommandError(
    'token: expected one that RELAY_SECRET signed; give its id to revoke it all the same',
  );
}
