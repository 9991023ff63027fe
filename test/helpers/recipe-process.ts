import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { FakeKinesis } from './fake-kinesis/index.ts';

const ROOT = resolve(import.meta.dirname, '../..');

export interface RecipeProcess {
  readonly child: ChildProcess;
  /** What it has written so far, to either of its outputs. */
  readonly output: () => string;
  /** Resolves to its exit code, or to the signal that killed it. */
  readonly ended: Promise<number | string>;
}

export interface RecipeWorld {
  /** What follows its name on the command line. */
  readonly args?: readonly string[];
  /** Its working directory. */
  readonly folder: string;
  readonly kinesis: string;
  readonly dynamoDb?: string;
  /** Parts of its text, and what stands for them here: addresses, above all. */
  readonly replace?: Readonly<Record<string, string>>;
}

/** Runs a recipe in a Node of its own, as its reader would. */
export function startRecipe(recipe: string, world: RecipeWorld): RecipeProcess {
  const hooks = resolve(import.meta.dirname, 'recipe-sources.ts');
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      '--import',
      hooks,
      join(ROOT, 'test/recipes', recipe),
      ...(world.args ?? []),
    ],
    {
      cwd: world.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        AWS_REGION: 'eu-central-1',
        AWS_ACCESS_KEY_ID: 'AKIATEST',
        AWS_SECRET_ACCESS_KEY: 'secret',
        AWS_ENDPOINT_URL_KINESIS: world.kinesis,
        ...(world.dynamoDb && { AWS_ENDPOINT_URL_DYNAMODB: world.dynamoDb }),
        RECIPE_REPLACE: JSON.stringify(world.replace ?? {}),
      },
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      output += chunk;
    });
  }
  const ended = once(child, 'close').then(([code, signal]) => code ?? signal);
  return { child, output: () => output, ended };
}

export interface Http2Server {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** Puts a fake on a free port of 127.0.0.1, on HTTP/2: what the SDK speaks in Node. */
export async function serveOverHttp2(fake: FakeKinesis): Promise<Http2Server> {
  const server = createServer(async (request, response) => {
    const body = new Uint8Array(await buffer(request));
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    const { method, url } = request;
    const answer = fake.handle({ method, path: url, headers, body });
    if (!answer) return void response.stream.close();
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  const sessions = new Set<{ destroy: () => void }>();
  server.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
    // A process that is killed leaves its session broken.
    session.on('error', () => {});
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((stopped) => {
        server.close(() => stopped());
        for (const session of sessions) session.destroy();
      }),
  };
}
