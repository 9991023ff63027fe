import { text } from 'node:stream/consumers';
import { isObject } from '../../src/protocol/parsed.ts';
import { readToken, type Token, verifyToken } from '../../src/protocol/token.ts';
import { CommandError } from './command-error.ts';
import type { Variables } from './variables.ts';

export interface GivenToken {
  readonly text: string;
  /** What it says, whoever signed it. */
  readonly token: Token;
}

export type SignedBy = 'RELAY_SECRET' | 'RELAY_SECRET_PREVIOUS';

/** An argument as it is; `-` stands for the standard input, which no other process can read. */
export async function readArgument(argument: string): Promise<string> {
  return (argument === '-' ? await text(process.stdin) : argument).trim();
}

/** A token, or the session that one came with. */
export function parseGivenToken(given: string): GivenToken {
  const tokenText = tokenOfSession(given) ?? given;
  const token = readToken(tokenText);
  if (token) return { text: tokenText, token };
  throw new CommandError('token: expected one of a relay, or the JSON of a session', 2);
}

/** Which of the secrets signed it, whatever the time. */
export async function findSigner(
  { text: tokenText, token }: GivenToken,
  variables: Variables,
): Promise<SignedBy | undefined> {
  for (const name of ['RELAY_SECRET', 'RELAY_SECRET_PREVIOUS'] as const) {
    const secrets = variables[name] ? [variables[name]] : [];
    const long = Number.NEGATIVE_INFINITY;
    const verified = await verifyToken(crypto.subtle, secrets, tokenText, token.use, long);
    if (verified.ok) return name;
  }
  return undefined;
}

function tokenOfSession(given: string): string | undefined {
  try {
    const session: unknown = JSON.parse(given);
    return isObject(session) && typeof session.token === 'string' ? session.token : undefined;
  } catch {
    // Then it is the token itself.
    return undefined;
  }
}
