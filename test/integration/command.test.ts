import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { createClient } from '../../src/client/client.ts';
import type { SessionAnswer } from '../../src/protocol/session.ts';
import { readToken, verifyToken } from '../../src/protocol/token.ts';
import { createTokenId, issueSession } from '../../worker/admission/tokens.ts';
import { createFileStore } from '../../worker/node/file-store.ts';
import { createRelay } from '../../worker/relay.ts';
import { platformRuntime } from '../../worker/runtime.ts';
import { ENV, signBatch, writeBatch } from '../worker/relay-under-test.ts';
import { scriptKinesis } from '../worker/scripted-kinesis.ts';

const root = resolve(import.meta.dirname, '../..');
const command = resolve(root, 'worker/command/rivulet.ts');
const SECRET = 'the secret that this relay signs with today';
const PREVIOUS = 'the secret that this relay signed with before';
const DAY_MS = 86_400_000;
const SHOP = { name: 'shop', stream: 'clickstream', origins: '*' };
const DEVICE = ['mint', 'device', '--write-key', 'wk_shop', '--client', 'device-7'];
const READ = ['mint', 'read', '--stream', 'clickstream'];

let folder: string;
let stores = 0;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rivulet-command-'));
});
beforeEach(() => {
  file = join(folder, `store-${stores++}.json`);
});
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(() => rm(folder, { recursive: true }));

interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly cwd?: string;
}

/** Runs `rivulet` as a process, in an empty folder, with a secret in its environment. */
async function run(args: readonly string[], options: RunOptions = {}) {
  const { env = { RELAY_SECRET: SECRET }, input = '', cwd = folder } = options;
  const child = spawn(process.execPath, [command, ...args], {
    cwd,
    env: { PATH: process.env.PATH, HOME: folder, WRANGLER_SEND_METRICS: 'false', ...env },
  });
  child.stdin.end(input);
  const [out, problem, exitCode] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise((done) => child.on('close', done)),
  ]);
  return { out, problem, exitCode };
}

/** As `rivulet mint device` makes it. */
function mintDevice(): Promise<SessionAnswer> {
  const named = { writeKey: 'wk_shop', client: 'device-7', origin: null, id: createTokenId() };
  const issued = Date.now();
  return issueSession(SECRET, { ...named, issued, expires: issued + 365 * DAY_MS });
}

describe('rivulet mint', () => {
  test('gives a device a session that is good for a year', async () => {
    const before = Date.now();
    const { out, problem, exitCode } = await run(DEVICE);
    const session: SessionAnswer = JSON.parse(out);

    const verified = await verifyToken(crypto.subtle, [SECRET], session.token, 'batch', before);
    expect(exitCode).toBe(0);
    expect(session.expires - session.now).toBe(365 * DAY_MS);
    expect(session.now).toBeGreaterThanOrEqual(before);
    expect(verified).toMatchObject({
      ok: true,
      value: {
        token: { writeKey: 'wk_shop', client: 'device-7', origin: null, id: expect.any(String) },
      },
    });
    expect(problem).toContain('rivulet revoke ');
  });

  test('gives a reader a token for its streams, for as long as it is told', async () => {
    const { out } = await run([...READ, '--stream', 'orders', '--days', '2']);

    const verified = await verifyToken(crypto.subtle, [SECRET], out.trim(), 'read', Date.now());
    if (!verified.ok) throw new Error(verified.reason);
    const { streams, issued, expires } = verified.value.token;
    expect(streams).toEqual(['clickstream', 'orders']);
    expect(expires - issued).toBe(2 * DAY_MS);
  });

  test('ties a session to the page of an origin', async () => {
    const { out } = await run([...DEVICE, '--origin', 'https://kiosk.example']);

    expect(readToken(JSON.parse(out).token)).toMatchObject({ origin: 'https://kiosk.example' });
  });

  test('writes into a new file that its owner alone can read, and over none', async () => {
    const out = join(folder, 'session.json');
    const first = await run([...DEVICE, '--out', out]);
    const second = await run([...DEVICE, '--out', out]);

    expect(first).toMatchObject({ out: '', exitCode: 0 });
    expect((await stat(out)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(out, 'utf8'))).toHaveProperty('key');
    expect(second).toMatchObject({ exitCode: 1 });
    expect(second.problem).toContain('--out: expected a new file that can be written');
  });

  test.each<[string, string[], string]>([
    ['no source', ['mint', 'device', '--client', 'd'], "--write-key: expected the source's"],
    ['no client', ['mint', 'device', '--write-key', 'w'], "--client: expected the device's name"],
    ['a client of 129 characters', [...DEVICE, '--client', 'x'.repeat(129)], '--client: expected'],
    ['a write key with a space', [...DEVICE, '--write-key', 'w k'], '--write-key: expected'],
    ['an origin with a path', [...DEVICE, '--origin', 'https://a.example/b'], '--origin: expected'],
    ['no stream', ['mint', 'read'], '--stream: expected the name of a Kinesis data stream'],
    ['a stream of no kind', [...READ, '--stream', 'a b'], '--stream: expected'],
    ['no days', [...READ, '--days', '0'], '--days: expected a whole number from 1 to 3650, got 0'],
    ['half a day', [...READ, '--days', '0.5'], '--days: expected'],
    ['a flag of no kind', [...READ, '--secret', SECRET], "Unknown option '--secret'"],
    ['nothing to mint', ['mint'], 'mint: expected device or read'],
  ])('refuses %s, and says what it expects', async (_, args, message) => {
    const { out, problem, exitCode } = await run(args);

    expect([out, exitCode]).toEqual(['', 2]);
    expect(problem).toContain(message);
  });
});

describe('the secret', () => {
  const dark = { env: {} };

  test('comes from the file of --env-file, whatever the environment holds', async () => {
    const envFile = join(folder, 'other.vars');
    await writeFile(envFile, `RELAY_SECRET="${PREVIOUS}"\n`);
    const { out } = await run([...READ, '--env-file', envFile]);

    const verified = await verifyToken(crypto.subtle, [PREVIOUS], out.trim(), 'read', Date.now());
    expect(verified.ok).toBe(true);
  });

  test('comes from .dev.vars where the environment has none', async () => {
    const cwd = await mkdtemp(join(folder, 'project-'));
    await writeFile(join(cwd, '.dev.vars'), `RELAY_SECRET='${SECRET}'\n`);
    const { out } = await run(READ, { ...dark, cwd });

    const verified = await verifyToken(crypto.subtle, [SECRET], out.trim(), 'read', Date.now());
    expect(verified.ok).toBe(true);
  });

  test.each([
    [{}, 'got none'],
    [{ RELAY_SECRET: 's'.repeat(31) }, 'got 31'],
  ])('that is missing or short is asked for: %j', async (env, got) => {
    const { problem, exitCode } = await run(READ, { env });

    expect(exitCode).toBe(1);
    expect(problem).toContain('RELAY_SECRET: expected at least 32 characters in the environment');
    expect(problem).toContain(got);
    expect(problem).not.toContain('    at ');
  });

  test('of a file that is not there is not looked for elsewhere', async () => {
    const { out, problem, exitCode } = await run([...READ, '--env-file', 'nowhere.vars']);

    // Some versions of Node look for the file themselves, and end the process when it is not there.
    expect([0, null]).not.toContain(exitCode);
    expect(out).toBe('');
    expect(problem).toContain('nowhere.vars');
  });
});

describe('rivulet inspect', () => {
  test('shows what a token says and that it is good', async () => {
    const { token } = await mintDevice();
    const { out, exitCode } = await run(['inspect', token]);

    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toEqual({
      use: 'batch',
      writeKey: 'wk_shop',
      client: 'device-7',
      origin: null,
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      issued: expect.stringMatching(/^20\d\d-.*Z$/),
      expires: expect.any(String),
      signedBy: 'RELAY_SECRET',
      expired: false,
      revoked: false,
    });
  });

  test('reads a session from the standard input, and shows no key of it', async () => {
    const session = await mintDevice();
    const { out, exitCode } = await run(['inspect', '-'], { input: JSON.stringify(session) });

    expect(exitCode).toBe(0);
    expect(out).not.toContain(session.key);
  });

  test.each([
    [{ RELAY_SECRET: PREVIOUS, RELAY_SECRET_PREVIOUS: SECRET }, 'RELAY_SECRET_PREVIOUS', 0],
    [{ RELAY_SECRET: PREVIOUS }, 'no secret of this relay', 1],
    [{}, 'unknown: RELAY_SECRET is not set', 0],
  ])('says who signed it: %j', async (env, signedBy, code) => {
    const { token } = await mintDevice();
    const { out, exitCode } = await run(['inspect', token], { env });

    expect(JSON.parse(out).signedBy).toBe(signedBy);
    expect(exitCode).toBe(code);
  });

  test('refuses what is no token', async () => {
    for (const wrong of ['abc', '{"key":"x"}', 'a.b']) {
      const { problem, exitCode } = await run(['inspect', wrong]);

      expect(exitCode).toBe(2);
      expect(problem).toContain('token: expected one of a relay');
    }
  });
});

describe('rivulet revoke', () => {
  test('prints the new value of RELAY_REVOKED where there is no store', async () => {
    const { token } = await mintDevice();
    const id = readToken(token)?.id ?? '';
    const env = { RELAY_SECRET: SECRET, RELAY_REVOKED: `older-id ${id}` };

    expect((await run(['revoke', token])).out).toBe(`${id}\n`);
    expect((await run(['revoke', 'another-id'], { env })).out).toBe(`older-id ${id} another-id\n`);
    expect((await run(['revoke', id], { env })).out).toBe(`older-id ${id}\n`);
    expect((await run(['inspect', token], { env })).exitCode).toBe(1);
  });

  test('stops a device that sends with what mint has printed, whose events stay with it', async () => {
    const kinesis = scriptKinesis();
    const session: SessionAnswer = JSON.parse((await run(DEVICE)).out);
    const store = createFileStore(file);
    const clock = { aheadMs: 0 };
    const now = (): number => Date.now() + clock.aheadMs;
    const relay = createRelay(
      { ...ENV, RELAY_SECRET: SECRET, SOURCES: JSON.stringify({ wk_shop: SHOP }) },
      { ...platformRuntime, now, log: () => {}, store },
    );
    const paths: string[] = [];
    const device = createClient({
      endpoint: 'https://relay.example',
      writeKey: 'wk_shop',
      clientId: 'device-7',
      session,
      runtime: {
        now,
        fetch: (url, init) => {
          const request = new Request(url, { ...init, keepalive: false });
          paths.push(new URL(request.url).pathname);
          return relay.fetch(request);
        },
      },
    });

    device.track('Reading', { celsius: 21 });
    const sent = await device.flush();
    await run(['revoke', session.token, '--store-file', file]);
    clock.aheadMs = 60_000;
    device.track('Reading', { celsius: 22 });
    const stopped = await device.flush();
    const { pause } = await device.stats();
    await device.close();

    expect(sent).toEqual({ stored: 1, queued: 0 });
    expect(stopped).toEqual({ stored: 0, queued: 1 });
    expect(pause).toMatchObject({ reason: 'refused', code: 'token_revoked' });
    expect(paths).not.toContain('/v1/session');
    expect(kinesis.records().map(({ record }) => record.anonymousId)).toEqual(['device-7']);
  });

  test('puts it into the store, where the running relay finds it', async () => {
    const session = await mintDevice();
    const store = createFileStore(file);
    const clock = { aheadMs: 0 };
    const relay = createRelay(
      { ...ENV, RELAY_SECRET: SECRET, SOURCES: JSON.stringify({ wk_shop: SHOP }) },
      { ...platformRuntime, now: () => Date.now() + clock.aheadMs, log: () => {}, store },
    );
    const send = async (): Promise<number> => {
      const payload = new TextEncoder().encode(writeBatch([]));
      const body = await signBatch(session, Date.now() + clock.aheadMs, new Uint8Array(payload));
      const request = new Request('https://relay.example/v1/batch', { method: 'POST', body });
      return (await relay.fetch(request)).status;
    };

    const before = await send();
    const { exitCode } = await run(['revoke', '-', '--store-file', file, '--reason', 'stolen'], {
      input: JSON.stringify(session),
    });
    clock.aheadMs = 60_000;
    const after = await send();

    expect([before, exitCode, after]).toEqual([200, 0, 403]);
    const shown = await run(['inspect', session.token, '--store-file', file]);
    expect(shown.exitCode).toBe(1);
    expect(JSON.parse(shown.out).revoked).toMatch(/^by the store: .*stolen/);
  });

  test('takes no token that another relay signed, since its id may be made up', async () => {
    const { token } = await mintDevice();
    const { problem, exitCode } = await run(['revoke', token], {
      env: { RELAY_SECRET: PREVIOUS },
    });

    expect(exitCode).toBe(1);
    expect(problem).toContain('token: expected one that RELAY_SECRET signed');
  });
});

describe('rivulet source', () => {
  const source = (...args: string[]) => run(['source', ...args, '--store-file', file]);
  const put = (writeKey: string, fields: object) =>
    run(['source', 'put', writeKey, '-', '--store-file', file], { input: JSON.stringify(fields) });

  test('puts, shows, lists, switches off and deletes', async () => {
    expect(await put('wk_shop', SHOP)).toMatchObject({ exitCode: 0 });
    expect(JSON.parse((await source('get', 'wk_shop')).out)).toEqual(SHOP);
    expect((await source('list')).out).toBe('wk_shop\tshop\n');

    await source('disable', 'wk_shop');
    expect((await source('list')).out).toBe('wk_shop\tshop\tdisabled\n');
    expect(await createFileStore(file).get('source/wk_shop')).toContain('"disabled":true');

    await source('enable', 'wk_shop');
    expect(JSON.parse((await source('get', 'wk_shop')).out)).toEqual(SHOP);

    expect(await source('delete', 'wk_shop')).toMatchObject({ exitCode: 0 });
    expect(await source('get', 'wk_shop')).toMatchObject({ out: '', exitCode: 1 });
    expect(await source('delete', 'wk_shop')).toMatchObject({ exitCode: 1 });
  });

  test('writes nothing that is wrong, and names every problem', async () => {
    const { problem, exitCode } = await put('wk_shop', { name: 'shop', stream: 'a b', ip: 'all' });

    expect(exitCode).toBe(1);
    expect(problem).toContain('wk_shop: not written');
    for (const field of ['stream', 'origins', 'ip']) {
      expect(problem).toContain(`\n${field}: expected`);
    }
    expect((await source('list')).out).toBe('');
  });

  test('gives no two sources one name, and lets each keep its own', async () => {
    await put('wk_shop', SHOP);
    const other = await put('wk_bank', SHOP);
    const same = await put('wk_shop', { ...SHOP, stream: 'moved' });

    expect(other.problem).toContain('name: expected one of its own, got that of wk_shop');
    expect([other.exitCode, same.exitCode]).toEqual([1, 0]);
  });

  test.each<[string[], string]>([
    [['source', 'list'], 'store: expected --binding NAME or --store-file FILE'],
    [['source', 'list', '--local'], '--local: expected --binding NAME with it'],
    [['source', 'list', '--binding', 'A', '--store-file', 'b'], 'expected one of them, got both'],
    [['source', 'put', 'wk_shop'], 'arguments: expected more of them'],
    [['source', 'get', 'a', 'b', '--store-file', 'c'], 'b: expected no such argument'],
    [['source', 'get', 'wk shop', '--store-file', 'c'], 'write key: expected 1 to 128 ASCII'],
    [['source', 'toString'], 'source: expected one of list, get, put'],
  ])('refuses %j', async (args, message) => {
    const { problem, exitCode } = await run(args);

    expect(exitCode).toBe(2);
    expect(problem).toContain(message);
  });
});

describe('a KV namespace', () => {
  test('holds sources and revocations, by wrangler', { timeout: 120_000 }, async () => {
    const config = join(folder, 'wrangler.toml');
    const namespaces = 'kv_namespaces = [{ binding = "RELAY_STORE", id = "local" }]';
    await writeFile(config, `name = "relay"\ncompatibility_date = "2026-10-20"\n${namespaces}\n`);
    const state = join(folder, 'state');
    const where = [
      '--binding',
      'RELAY_STORE',
      '--local',
      '--config',
      config,
      '--persist-to',
      state,
    ];
    const inKv = (args: string[], input = '') => run([...args, ...where], { cwd: root, input });
    const { token } = await mintDevice();

    const written = await inKv(['source', 'put', 'wk_shop', '-'], JSON.stringify(SHOP));
    const listed = await inKv(['source', 'list']);
    const missing = await inKv(['source', 'get', 'wk_sho']);
    const revoked = await inKv(['revoke', token]);
    const shown = await inKv(['inspect', token]);

    expect(written).toMatchObject({ out: '', exitCode: 0 });
    expect(listed.out).toBe('wk_shop\tshop\n');
    expect(missing).toMatchObject({ out: '', exitCode: 1 });
    expect(revoked.exitCode).toBe(0);
    expect(JSON.parse(shown.out).revoked).toContain('by the store');
  });

  test('is asked by the wrangler of the folder, and says so where there is none', async () => {
    const { problem, exitCode } = await run(['source', 'list', '--binding', 'RELAY_STORE']);

    expect(exitCode).toBe(1);
    expect(problem).toContain('npm install --save-dev wrangler');
  });

  test("passes on wrangler's own words when it fails", { timeout: 60_000 }, async () => {
    const args = ['source', 'list', '--binding', 'RELAY_STORE', '--local', '--config', 'none.toml'];
    const { problem, exitCode } = await run(args, { cwd: root });

    expect(exitCode).toBe(1);
    expect(problem).toContain('wrangler kv key list');
    expect(problem).toContain('none.toml');
  });
});

describe('rivulet', () => {
  test.each([[[]], [['--help']], [['mint', '--help']], [['revoke', '-h']], [['source', '--help']]])(
    'tells what it can do: %j',
    async (args) => {
      const { out, exitCode } = await run(args);

      expect(exitCode).toBe(0);
      expect(out).toContain('rivulet ');
      expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
    },
  );

  test('tells its version', async () => {
    expect((await run(['--version'])).out).toBe(`${packageJson.version}\n`);
  });

  test('refuses what it cannot do', async () => {
    const { problem, exitCode } = await run(['toString']);

    expect(exitCode).toBe(2);
    expect(problem).toContain('toString: expected one of mint, inspect, revoke, source');
  });
});
