/** Tokens that are valid no more before they expire: an operator has said so, by their ids. */

import type { Token } from '../../src/protocol/token.ts';
import { rememberAnswers } from '../configuration/remembered.ts';
import type { Settings } from '../configuration/settings.ts';
import { Refusal } from '../http/answer.ts';
import type { RelayRuntime } from '../runtime.ts';

export interface Revocations {
  /** Rejects with a `Refusal` when nobody knows. A session of an hour has no id and costs no question. */
  readonly isRevoked: (token: Pick<Token, 'id'>) => Promise<boolean>;
}

export function createRevocations(
  { revoked }: Pick<Settings, 'revoked'>,
  { store, now, log }: Pick<RelayRuntime, 'store' | 'now' | 'log'>,
): Revocations {
  const parse = (_: string, text: string | null) => text !== null || undefined;
  const find = store && rememberAnswers(store, { parse }, { now, log });
  return {
    async isRevoked({ id }) {
      if (id === undefined) return false;
      return revoked.has(id) || (await find?.(`revoked/${id}`)) === true;
    },
  };
}

/** Throws a `Refusal` for a token that was revoked. */
export async function refuseRevoked(
  { isRevoked }: Revocations,
  token: Pick<Token, 'id'>,
): Promise<void> {
  if (await isRevoked(token)) throw new Refusal('token_revoked', 'token: no longer valid');
}
