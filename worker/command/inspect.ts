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
import { readVariables } from './variables.ts';

export const inspect: Command = {
  help: `Shows what a token says, and whether the relay would take it.

  rivulet inspect TOKEN
  rivulet inspect - < FILE      reads the token, or the session, from the standard input

Exit code 1: the relay would refuse it. Without a store, only RELAY_REVOKED is looked at.

${SECRET_HELP}
${STORE_HELP}
`,

  async run(args) {
    const flags = { ...SECRET_FLAGS, ...STORE_FLAGS };
    const { values, positionals } = readFlags(args, flags, { least: 1, most: 1 });
    const [argument = ''] = positionals;
    const given = parseGivenToken(await readArgument(argument));
    const variables = await readVariables(values['env-file']);
    const { id, issued, expires, ...says } = given.token;
    const signedBy = variables.RELAY_SECRET
      ? ((await findSigner(given, variables)) ?? 'no secret of this relay')
      : 'unknown: RELAY_SECRET is not set';
    const isExpired = expires <= Date.now();
    const revokedBy = await findRevocation(id, variables.RELAY_REVOKED, await openStore(values));
    console.log(
      JSON.stringify(
        {
          ...says,
          id,
          issued: momentOf(issued),
          expires: momentOf(expires),
          signedBy,
          expired: isExpired,
          revoked: revokedBy ?? (id === undefined ? 'cannot be: it has no id' : false),
        },
        null,
        2,
      ),
    );
    const isSigned = !signedBy.startsWith('no ');
    return isSigned && !isExpired && revokedBy === undefined ? 0 : 1;
  },
};

async function findRevocation(
  id: string | undefined,
  listed: string | undefined,
  store: Awaited<ReturnType<typeof openStore>>,
): Promise<string | undefined> {
  if (id === undefined) return undefined;
  if (listed?.split(/[\s,]+/).includes(id)) return 'by RELAY_REVOKED';
  const entry = await store?.get(`revoked/${id}`);
  return entry === null || entry === undefined ? undefined : `by the store: ${entry}`;
}

function momentOf(time: unknown): string | undefined {
  const moment = new Date(Number(time));
  return Number.isNaN(moment.getTime()) ? undefined : moment.toISOString();
}
