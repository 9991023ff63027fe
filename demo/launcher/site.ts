import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { resolve } from 'node:path';
import { createServer as createViteServer, type Plugin } from 'vite';
import { type FaultModes, type Faults, parseFaultModes } from './faults.ts';
import { LOOPBACK } from './ports.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** A page sends a few words; more is a mistake. */
const MAX_FAULTS_BYTES = 1024;

/** What the demo page reads from `GET /pipeline.json`. */
export interface PipelineFacts {
  /** The gate in front of the relay. */
  readonly endpoint: string;
  readonly writeKey: string;
  readonly stream: string;
  readonly region: string;
  readonly readToken: string;
  /** Whether faults can be switched on. */
  readonly faults: boolean;
}

export interface SiteOptions {
  readonly port: number;
  /** Asked for each request: a page that stays open for days comes back for a new token. */
  readonly facts: () => Promise<PipelineFacts>;
  readonly faults: Faults;
}

export interface Site {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** The demo's pages by Vite, with what they ask the launcher on their own origin. */
export async function startSite({ port, facts, faults }: SiteOptions): Promise<Site> {
  const http = createServer();
  const vite = await createViteServer({
    configFile: resolve(ROOT, 'vite.config.ts'),
    root: resolve(ROOT, 'demo'),
    mode: 'demo',
    logLevel: 'warn',
    clearScreen: false,
    // A server of its own would end the process at SIGTERM, before the other parts are stopped.
    server: { host: LOOPBACK, middlewareMode: true, ws: { server: http } },
    plugins: [launcherRoutes(facts, faults)],
  });
  http.on('request', vite.middlewares);
  await new Promise<void>((listening, failed) => {
    http.once('error', failed);
    http.listen(port, LOOPBACK, listening);
  });
  return {
    url: `http://${LOOPBACK}:${port}`,
    stop: async () => {
      http.close();
      await vite.close();
      http.closeAllConnections();
    },
  };
}

function launcherRoutes(facts: SiteOptions['facts'], faults: Faults): Plugin {
  return {
    name: 'rivulet-launcher',
    configureServer: ({ middlewares }) => {
      middlewares.use('/pipeline.json', async (_request, response) => {
        sendJson(response, 200, await facts());
      });
      middlewares.use('/faults', async (request, response) => {
        if (request.method === 'POST') {
          const change = await readFaults(request);
          if (typeof change === 'string') return sendJson(response, 400, { reason: change });
          faults.set(change);
        }
        sendJson(response, 200, faults.get());
      });
    },
  };
}

async function readFaults(request: IncomingMessage): Promise<Partial<FaultModes> | string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk;
    if (text.length > MAX_FAULTS_BYTES) return `faults: expected up to ${MAX_FAULTS_BYTES} bytes`;
  }
  try {
    return parseFaultModes(JSON.parse(text));
  } catch {
    return 'faults: expected JSON';
  }
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response
    .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    .end(JSON.stringify(value));
}
