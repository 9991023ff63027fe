import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, test } from 'vitest';
import { startKinesis, variablesFor } from '../helpers/node-relay-world.ts';
import { writeSignedBatch } from '../helpers/signed-batch.ts';

const PROGRAM = resolve(import.meta.dirname, '../../dist/rivulet-relay.js');

interface Line {
  readonly at: string;
  readonly port?: number;
  readonly metricsPort?: number;
  readonly [fact: string]: unknown;
}

const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

function start(args: readonly string[], env: Record<string, string>) {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return {
    child,
    nextLine: async (): Promise<Line> => {
      const { value, done } = await lines.next();
      if (done) throw new Error(`rivulet-relay: expected a line, got ${errors}`);
      return JSON.parse(value);
    },
    ended: async () => ({ code: await ended, errors }),
  };
}

const ANY_PORT = ['--port', '0', '--metrics-port', '0'];

describe('rivulet-relay', () => {
  test('stores what it is sent, counts it, and ends on SIGTERM when all is answered', async () => {
    const kinesis = await startKinesis();
    const relay = start(ANY_PORT, variablesFor(kinesis.url));
    const { host, port, metricsPort } = await relay.nextLine();
    const url = `http://127.0.0.1:${port}`;
    const request = JSON.stringify({ writeKey: 'wk_shop', client: 'c', sdk: 'test/1' });
    const session = await (
      await fetch(`${url}/v1/session`, { method: 'POST', body: request })
    ).json();
    const body = await writeSignedBatch(session as never, [
      { type: 'track', event: 'Clicked', timestamp: Date.now() },
    ]);
    const release = kinesis.hold();
    const sending = fetch(`${url}/v1/batch`, { method: 'POST', body });
    await kinesis.called();

    relay.child.kill('SIGTERM');
    const stopping = await relay.nextLine();
    const figures = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    release();
    const response = await sending;

    expect(host).toBe('127.0.0.1');
    expect(stopping).toEqual({ at: 'stopping', signal: 'SIGTERM' });
    expect(figures).toContain('\nrivulet_requests_in_flight 1\n');
    expect(response.status).toBe(200);
    expect(kinesis.kinesis.records('clickstream')).toHaveLength(1);
    expect(await relay.nextLine()).toMatchObject({ at: 'batch', stored: 1 });
    expect(await relay.nextLine()).toEqual({ at: 'stopped' });
    expect(await relay.ended()).toEqual({ code: 0, errors: '' });
    await kinesis.stop();
  });

  test('takes its settings from a file too, where the environment does not have them', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rivulet-relay-'));
    const file = join(folder, 'settings.env');
    const variables = variablesFor('http://127.0.0.1:1');
    const text = Object.entries(variables).map(([name, value]) => `${name}='${value}'\n`);
    await writeFile(file, text.join(''));

    const args = ['--env-file', file, '--metrics-port', 'off', '--port', '0'];
    const relay = start(args, { RELAY_AWS_REGION: 'nowhere' });
    const problems = await relay.nextLine();
    const { port, metricsPort } = await relay.nextLine();

    expect(problems).toMatchObject({ problems: ['RELAY_AWS_REGION: expected an AWS region'] });
    expect(metricsPort).toBeUndefined();
    expect((await fetch(`http://127.0.0.1:${port}/v1/health`)).status).toBe(500);
    await rm(folder, { recursive: true });
  });

  test.each([
    [['--prot', '1'], "Unknown option '--prot'"],
    [['--port', '70000'], '--port: expected a whole number up to 65535, got 70000'],
    [['--limit', 'sauce=1/10'], '--limit: expected NAME=N/SECONDS with one of source, client,'],
    [['--shutdown-ms', 'soon'], '--shutdown-ms: expected a whole number up to 600000, got soon'],
  ])('refuses %j in one sentence', async (args, sentence) => {
    const { code, errors } = await start(args, {}).ended();

    expect(code).toBe(2);
    expect(errors).toContain(sentence);
    expect(errors.trim().split('\n')).toHaveLength(1);
  });

  test('says so when its port is taken', async () => {
    const first = start(ANY_PORT, variablesFor('http://127.0.0.1:1'));
    const { port } = await first.nextLine();

    const { code, errors } = await start(['--port', String(port)], {}).ended();

    expect(code).toBe(1);
    expect(errors).toContain('EADDRINUSE');
    expect(errors.trim().split('\n')).toHaveLength(1);
  });
});
