import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commandOf, descendantsOf, survivorsOf } from '../helpers/processes.ts';

const START = resolve(import.meta.dirname, '../../demo/start.ts');
const END_MS = 10_000;

let launcher: ChildProcess;
let output: string;

let temporary: string;

beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'launched-'));
});

afterEach(async () => {
  launcher.kill('SIGKILL');
  await rm(temporary, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
});

function launch(...args: string[]): Promise<number | null> {
  output = '';
  launcher = spawn(process.execPath, [START, ...args], {
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [launcher.stdout, launcher.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return once(launcher, 'close').then(([code]) => code as number | null);
}

/** Where the relay's secrets lie while it runs. */
async function settingsFolders(): Promise<string[]> {
  return (await readdir(temporary)).filter((name) => name.startsWith('rivulet-relay-'));
}

/** Resolves when the table of addresses is out, with the address of the demo. */
async function ready(): Promise<string> {
  while (!output.includes('Ctrl-C')) {
    const event = await Promise.race([
      once(launcher.stdout ?? launcher, 'data'),
      once(launcher, 'close').then(() => 'closed'),
    ]);
    if (event === 'closed') throw new Error(`npm start: expected a table, got ${output}`);
  }
  return /demo +(http:\S+)/.exec(output)?.[1] ?? '';
}

describe('npm start', () => {
  it('serves the demo and its facts, takes faults, and ends everything on SIGTERM', async () => {
    const ended = launch();
    const demo = await ready();
    const started = descendantsOf(launcher.pid ?? 0);

    const page = await fetch(demo);
    const facts = (await (await fetch(`${demo}/pipeline.json`)).json()) as Record<string, string>;
    const setFaults = (body: string) => fetch(`${demo}/faults`, { method: 'POST', body });
    const changed = await (await setFaults('{"kinesis":"throttle"}')).json();
    const wrong = await setFaults('{"kinesis":"on fire"}');
    const health = await fetch(`${facts.endpoint}/v1/health`);
    for (const path of ['/debug/', '/overlay/', '/tab/']) {
      expect(await (await fetch(`${demo}${path}`)).text()).toContain(`src="${path}main.ts`);
    }
    const settings = await settingsFolders();

    expect(page.headers.get('content-type')).toContain('text/html');
    expect(facts).toEqual({
      endpoint: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      writeKey: expect.any(String),
      stream: 'clickstream',
      region: 'us-east-1',
      readToken: expect.stringMatching(/^[\w-]+\.[\w-]+$/),
      local: true,
    });
    expect(changed).toEqual({ kinesis: 'throttle', relay: 'ok' });
    expect(wrong.status).toBe(400);
    expect(health.status).toBe(200);

    launcher.kill('SIGTERM');

    expect(await ended).toBe(0);
    expect(started.length).toBeGreaterThanOrEqual(3);
    expect(await survivorsOf(started, 0)).toEqual([]);
    expect(settings).toHaveLength(1);
    expect(await settingsFolders()).toEqual([]);
  });

  it('ends everything and names the part when one dies', async () => {
    const ended = launch();
    await ready();
    const started = descendantsOf(launcher.pid ?? 0);
    const kinesis = started.find((pid) => commandOf(pid).includes('kinesis-local'));

    process.kill(kinesis ?? 0, 'SIGKILL');

    expect(await ended).toBe(1);
    expect(output).toContain('kinesis-local ended: SIGKILL');
    expect(await survivorsOf(started, 0)).toEqual([]);
  });

  it('leaves no process and no secret behind when it is killed', async () => {
    void launch();
    await ready();
    const started = descendantsOf(launcher.pid ?? 0);

    launcher.kill('SIGKILL');

    expect(await survivorsOf(started, END_MS)).toEqual([]);
    expect(await readdir(temporary, { recursive: true })).not.toContainEqual(
      expect.stringContaining('settings.env'),
    );
  });

  it('ends cleanly when it is interrupted while it starts', async () => {
    const ended = launch();
    await vi.waitFor(() => expect(descendantsOf(launcher.pid ?? 0).length).toBeGreaterThan(1), {
      timeout: 30_000,
      interval: 20,
    });
    const started = descendantsOf(launcher.pid ?? 0);

    launcher.kill('SIGINT');

    expect(await ended).toBe(0);
    expect(await survivorsOf(started, 0)).toEqual([]);
  });

  it('refuses a flag it does not know', async () => {
    expect(await launch('--porrt', '1')).toBe(2);
    expect(output).toContain("Unknown option '--porrt'");
  });

  it('prints its flags', async () => {
    expect(await launch('--help')).toBe(0);
    expect(output).toContain('--kinesis-port N');
  });
});
