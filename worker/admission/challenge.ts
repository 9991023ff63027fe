/**
 * Turnstile: somebody solved a challenge in a browser, for this site, within the last five minutes, once.
 * developers.cloudflare.com/turnstile/get-started/server-side-validation
 */

import { isObject } from '../../src/protocol/parsed.ts';
import type { Source } from '../configuration/source.ts';
import { Refusal } from '../http/answer.ts';
import { drawWaitMs } from '../http/wait.ts';
import type { RelayRuntime } from '../runtime.ts';

const SITEVERIFY_URL = 'https://challenges.cloudflare.com/turnstile/v0/siteverify';

/** A page waits for its session, and can come back. */
const TIMEOUT_MS = 5000;

/** What Turnstile gives a page is no longer than this. */
const MAX_CHALLENGE_LENGTH = 2048;

/** Somebody has to change a setting first. */
const MISCONFIGURED_AFTER_MS = 60_000;

/** Cloudflare's secrets for tests answer with a host of their own: developers.cloudflare.com/turnstile/troubleshooting/testing */
const TEST_SECRET = /^[123]x0+AA$/;

/**
 * Resolves when the challenge was solved. Rejects with a {@link Refusal}: `challenge_failed`, `relay_busy` where Turnstile
 * cannot be asked, `relay_misconfigured` where it does not know the relay.
 */
export type ChallengeCheck = (
  challenge: unknown,
  expected: Exclude<Source['turnstile'], false>,
  origin: string | null,
  address: string | null,
) => Promise<void>;

export function createChallengeCheck(
  secret: string | undefined,
  { random, log }: Pick<RelayRuntime, 'random' | 'log'>,
): ChallengeCheck {
  return async function check(challenge, expected, origin, address) {
    if (typeof challenge !== 'string' || !challenge || challenge.length > MAX_CHALLENGE_LENGTH) {
      throw failed('expected an answer to a Turnstile challenge');
    }
    if (!secret) throw misconfigured();
    const verdict = await verify(secret, challenge, address);
    if (verdict.success !== true) throw failed('expected a solved one, that was not used before');
    const { action } = expected === true ? { action: undefined } : expected;
    if (action !== undefined && verdict.action !== action) {
      throw failed(`expected one for the action ${action}`);
    }
    const isForTests = TEST_SECRET.test(secret);
    if (origin !== null && !isForTests && verdict.hostname !== hostOf(origin)) {
      throw failed('expected one that was solved on the page that asks');
    }
  };

  async function verify(own: string, response: string, address: string | null) {
    const remoteip = address === null ? {} : { remoteip: address };
    try {
      const answer = await fetch(SITEVERIFY_URL, {
        method: 'POST',
        body: new URLSearchParams({ secret: own, response, ...remoteip }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const verdict: unknown = await answer.json().catch(() => undefined);
      if (!isObject(verdict) || typeof verdict.success !== 'boolean') {
        throw new Error(`siteverify: expected a verdict, got ${answer.status}`);
      }
      const codes = [verdict['error-codes']].flat();
      if (codes.some((code) => /-secret$/.test(String(code)))) throw misconfigured();
      if (codes.includes('internal-error')) throw new Error('siteverify: internal-error');
      return verdict;
    } catch (error) {
      if (error instanceof Refusal) throw error;
      log(JSON.stringify({ at: 'challenge', reason: String(error) }));
      const after = drawWaitMs(random);
      throw new Refusal('relay_busy', 'challenge: Turnstile cannot be asked', { after });
    }
  }
}

function failed(reason: string): Refusal {
  return new Refusal('challenge_failed', `challenge: ${reason}`);
}

function misconfigured(): Refusal {
  const expected = 'expected the secret key of a Turnstile widget';
  const hints = { after: MISCONFIGURED_AFTER_MS };
  return new Refusal('relay_misconfigured', `RELAY_TURNSTILE_SECRET: ${expected}`, hints);
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).hostname : undefined;
}
