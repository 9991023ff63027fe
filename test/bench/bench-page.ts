import { resolve } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { findChromium } from '../helpers/chromium.ts';
import { type LoopbackServer, serveOnLoopback } from '../helpers/loopback-server.ts';
import { answerBusy, answerStored } from './loopback-relay.ts';

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Gives the page a clock of 5 µs instead of 100. */
const ISOLATED = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

const HTML =
  '<!doctype html><title>Benchmark</title><link rel="icon" href="data:,"><script src="/bench.js"></script>';

export interface BenchPage {
  /** The page, and two relays: `/busy` refuses every batch, `/stored` takes it. */
  readonly url: string;
  /** A new page of a new profile, with what the entry exports as `inPage`. */
  readonly open: () => Promise<Page>;
  readonly stop: () => Promise<void>;
}

/** Real Chromium, and a page that holds one entry of `test/bench/pages`. */
export async function startBenchPage(entry: string): Promise<BenchPage> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('bench: expected Chromium, got none; npm test installs it');
  const server = await serveBenchPage(entry);
  const browser = await chromium.launch({ executablePath, args: ARGUMENTS });
  return {
    url: server.origin,
    open: async () => {
      const page = await (await browser.newContext()).newPage();
      await page.goto(server.origin);
      return page;
    },
    stop: async () => {
      await browser.close();
      await server.stop();
    },
  };
}

/** The page alone, its script built as a user's bundler would. */
export async function serveBenchPage(entry: string): Promise<LoopbackServer> {
  const script = await bundle(resolve(import.meta.dirname, 'pages', entry));
  return serveOnLoopback((request, response) => {
    const { url = '' } = request;
    if (url.startsWith('/busy/')) return answerBusy(request, response);
    if (url.startsWith('/stored/')) return void answerStored(request, response);
    if (url === '/bench.js') {
      response.setHeader('content-type', 'text/javascript; charset=utf-8');
      return response.end(script);
    }
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...ISOLATED });
    return response.end(HTML);
  });
}

/** Milliseconds that the page's main thread worked in tasks, from now until asked: not those it waited for a processor. */
export async function meterTasks(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const read = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1000;
  };
  const before = await read();
  return async () => (await read()) - before;
}

async function bundle(entry: string): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      target: 'es2022',
      lib: { entry, formats: ['iife'], name: 'inPage' },
    },
  });
  const outputs = [result].flat().flatMap((part) => ('output' in part ? part.output : []));
  const [chunk] = outputs.filter((output) => output.type === 'chunk');
  if (!chunk) throw new Error('bundle: expected a script, got none');
  return chunk.code;
}
