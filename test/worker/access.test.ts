import { exportJWK, generateKeyPair, importJWK, type JWTPayload, SignJWT } from 'jose';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type AccessCheck, createAccessCheck } from '../../worker/admission/access.ts';
import { NOW } from './relay-under-test.ts';

const ISSUER = 'https://team.cloudflareaccess.com';
const AUDIENCE = '32eafc7626e737119b4b1b2dd1e1f2a0';
const SECOND = 1000;

type Keys = Awaited<ReturnType<typeof generateKeyPair>>;

let team: Keys;
let stranger: Keys;

beforeAll(async () => {
  [team, stranger] = await Promise.all([createKeys(), createKeys()]);
});

afterEach(() => {
  vi.restoreAllMocks();
});

const createKeys = (): Promise<Keys> => generateKeyPair('RS256', { extractable: true });

/** The team's keys, where Access publishes them. */
function scriptCerts(reply?: () => Response | Promise<Response>) {
  const asked: string[] = [];
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    asked.push(String(input));
    if (reply) return reply();
    const jwk = await exportJWK(team.publicKey);
    return Response.json({ keys: [{ ...jwk, kid: 'key-1', use: 'sig' }] });
  });
  return asked;
}

function createCheck(issuer = ISSUER) {
  const logs: string[] = [];
  const runtime = { now: () => NOW, random: () => 0.5, log: (line: string) => logs.push(line) };
  const check = createAccessCheck({ issuer, audience: AUDIENCE }, runtime);
  return { check, logs };
}

interface Changed {
  readonly claims?: JWTPayload;
  readonly kid?: string;
  readonly keys?: Keys;
}

/** What Access writes for a user, with some of it changed. */
function sign({ claims, kid = 'key-1', keys = team }: Changed = {}): Promise<string> {
  const seconds = NOW / SECOND;
  const payload = { iss: ISSUER, aud: [AUDIENCE], iat: seconds, exp: seconds + 60, ...claims };
  return new SignJWT({ email: 'reader@shop.example', ...payload })
    .setProtectedHeader({ alg: 'RS256', kid })
    .sign(keys.privateKey);
}

function ask(check: AccessCheck, token?: string): Promise<void> {
  const headers = token === undefined ? {} : { 'cf-access-jwt-assertion': token };
  return check(new Request('https://relay.example/v1/kinesis', { method: 'POST', headers }));
}

describe('Cloudflare Access', () => {
  test('lets a request through that it vouches for, and is asked for its keys once', async () => {
    const asked = scriptCerts();
    const { check } = createCheck();

    await ask(check, await sign());
    await ask(check, await sign());

    expect(asked).toEqual([`${ISSUER}/cdn-cgi/access/certs`]);
  });

  test('may be named with a slash at the end', async () => {
    const asked = scriptCerts();
    const { check } = createCheck(`${ISSUER}/`);

    await ask(check, await sign());

    expect(asked).toEqual([`${ISSUER}/cdn-cgi/access/certs`]);
  });

  test('is not asked for where none is set', async () => {
    const check = createAccessCheck(undefined, { now: () => NOW, random: () => 0, log: () => {} });

    await expect(ask(check)).resolves.toBeUndefined();
  });

  const seconds = NOW / SECOND;
  const refused: [string, () => Promise<string> | string | undefined][] = [
    ['without a token', () => undefined],
    ['with a text that is no token', () => 'hello'],
    ['with a token of another application', () => sign({ claims: { aud: ['another'] } })],
    ['with a token of another team', () => sign({ claims: { iss: 'https://a.example' } })],
    ['with a token that has expired', () => sign({ claims: { exp: seconds } })],
    ['with a token of later', () => sign({ claims: { nbf: seconds + 60 } })],
    ["with a stranger's signature", () => sign({ keys: stranger })],
    ['with a key that is not published', () => sign({ kid: 'key-2', keys: stranger })],
    [
      'with a token signed by a secret of its own',
      () =>
        new SignJWT({ iss: ISSUER, aud: AUDIENCE })
          .setProtectedHeader({ alg: 'HS256', kid: 'key-1' })
          .sign(new Uint8Array(32)),
    ],
    [
      "with the team's key and another algorithm than its own",
      async () =>
        new SignJWT({ iss: ISSUER, aud: AUDIENCE, exp: NOW / SECOND + 60 })
          .setProtectedHeader({ alg: 'PS256', kid: 'key-1' })
          .sign(await importJWK(await exportJWK(team.privateKey), 'PS256')),
    ],
    [
      'with an unsigned token',
      () => `${btoa('{"alg":"none"}')}.${btoa('{}')}.`.replaceAll('=', ''),
    ],
  ];

  test.each(refused)('refuses a request %s', async (_, tokenOf) => {
    scriptCerts();
    const { check, logs } = createCheck();

    await expect(ask(check, await tokenOf())).rejects.toMatchObject({ code: 'access_refused' });
    expect(logs).toEqual([]);
  });

  test.each([
    ['cannot be reached', () => Promise.reject(new Error('Network connection lost.'))],
    ['answer with an error', () => new Response('no', { status: 500 })],
    ['are no keys', () => Response.json({ keys: 'none' })],
    ['are no JSON', () => new Response('<html>')],
  ])('makes a reader wait while its keys %s', async (_, reply) => {
    scriptCerts(reply);
    const { check, logs } = createCheck();

    await expect(ask(check, await sign())).rejects.toMatchObject({
      code: 'relay_busy',
      hints: { after: 3000 },
    });
    expect(logs.map((line) => JSON.parse(line).at)).toEqual(['access']);
    expect(logs.join()).not.toContain('eyJ');
  });
});
