/**
 * Cloudflare Access before the read door: a user of the team, or a service token, that Access has let through.
 * developers.cloudflare.com/cloudflare-one/access-controls/applications/http-apps/authorization-cookie/validating-json
 */

import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import type { AccessSettings } from '../configuration/settings.ts';
import { Refusal } from '../http/answer.ts';
import { drawWaitMs } from '../http/wait.ts';
import type { RelayRuntime } from '../runtime.ts';

const HEADER = 'cf-access-jwt-assertion';

/** The team's keys are asked for again after ten minutes, and where a token names one that is not known. */
const TIMEOUT_MS = 5000;

/** Of jose's codes those that a token alone can bring about. */
const TOKENS_FAULT = /^ERR_(JW[ST]_|JWKS_(NO|MULTIPLE)_|JOSE_(ALG|NOT)_)/;

/** Resolves where Access vouches for the request. Rejects with `access_refused`, or `relay_busy` where its keys cannot be had. */
export type AccessCheck = (request: Request) => Promise<void>;

export function createAccessCheck(
  settings: AccessSettings | undefined,
  { now, random, log }: Pick<RelayRuntime, 'now' | 'random' | 'log'>,
): AccessCheck {
  if (!settings) return async () => {};
  // Access writes it without a slash at its end.
  const issuer = settings.issuer.replace(/\/+$/, '');
  const keys = createRemoteJWKSet(new URL(`${issuer}/cdn-cgi/access/certs`), {
    timeoutDuration: TIMEOUT_MS,
  });
  const { audience } = settings;

  return async function check(request) {
    const token = request.headers.get(HEADER);
    if (!token) throw refused('expected one, got none');
    try {
      const currentDate = new Date(now());
      await jwtVerify(token, keys, { issuer, audience, algorithms: ['RS256'], currentDate });
    } catch (error) {
      if (isTokensFault(error)) throw refused('expected one of this application, in its time');
      log(JSON.stringify({ at: 'access', reason: String(error) }));
      const after = drawWaitMs(random);
      throw new Refusal('relay_busy', 'access: its keys cannot be asked for', { after });
    }
  };
}

/** Else it is the fault of the keys, or of the way to them. */
function isTokensFault(error: unknown): boolean {
  return error instanceof errors.JOSEError && TOKENS_FAULT.test(error.code);
}

function refused(reason: string): Refusal {
  return new Refusal('access_refused', `Cf-Access-Jwt-Assertion: ${reason}`);
}
