import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { resolve } from 'node:path';
import { createServer as createViteServer, type Plugin } from 'vite';
import { type Faults, parseFaultModes } from './faults.ts';
import { LOOPBACK } from './ports.ts';
import { parseStreamChange, type Resharding } from './resharding.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** A page sends a few words; more is a mistake. */
const MAX_ORDER_BYTES = 1024;

/** What the demo page reads from `GET /pipeline.json`. */
export interface PipelineFacts {
  /** The gate in front of the relay. */
  readonly endpoint: string;
  readonly writeKey: string;
  readonly stream: string;
  readonly region: string;
  readonly readToken: string;
  /** Whether the stream is of this machine: then faults can be switched on, and its shards split and merged. */
  readonly local: boolean;
}

export interface SiteOptions {
  readonly port: number;
  /** Asked for each request: a page that stays open for days comes back for a new token. */
  readonly facts: () => Promise<PipelineFacts>;
  readonly faults: Faults;
  /** Of the local stream; nobody splits one of AWS from here. */
  readonly resharding: Resharding | undefined;
}

export interface Site {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** The demo's pages by Vite, with what they ask the launcher on their own origin. */
export async function startSite({ port, ...routes }: SiteOptions): Promise<Site> {
  const http = createServer();
  const vite = await createViteServer({
    configFile: resolve(ROOT, 'vite.config.ts'),
    root: resolve(ROOT, 'demo'),
    cacheDir: resolve(ROOT, 'node_modules/.vite', process.env.DEMO_CACHE ?? 'demo'),
    mode: 'demo',
    logLevel: 'warn',
    clearScreen: false,
    // A server of its own would end the process at SIGTERM, before the other parts are stopped.
    server: { host: LOOPBACK, middlewareMode: true, ws: { server: http } },
    plugins: [launcherRoutes(routes)],
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

function launcherRoutes({ facts, faults, resharding }: Omit<SiteOptions, 'port'>): Plugin {
  return {
    name: 'rivulet-launcher',
    configureServer: ({ middlewares }) => {
      middlewares.use('/pipeline.json', async (_request, response) => {
        sendJson(response, 200, await facts());
      });
      middlewares.use('/faults', async (request, response) => {
        if (request.method === 'POST') {
          const change = await readOrder(request, 'faults', parseFaultModes);
          if (typeof change === 'string') return sendJson(response, 400, { reason: change });
          faults.set(change);
        }
        sendJson(response, 200, faults.get());
      });
      middlewares.use('/stream', async (request, response) => {
        if (!resharding) {
          return sendJson(response, 404, {
            reason: 'stream: expected a local one, got one of AWS',
          });
        }
        const change =
          request.method === 'POST' && (await readOrder(request, 'stream', parseStreamChange));
        if (typeof change === 'string') return sendJson(response, 400, { reason: change });
        try {
          const shards = await (change ? resharding.change(change) : resharding.shards());
          sendJson(response, 200, { shards });
        } catch (error) {
          sendJson(response, 409, { reason: error instanceof Error ? error.message : `${error}` });
        }
      });
    },
  };
}

/** What a page of this site asks for, or what is wrong with it. */
async function readOrder<Order>(
  request: IncomingMessage,
  what: string,
  parse: (value: unknown) => Order | string,
): Promise<Order | string> {
  const { origin, host } = request.headers;
  // Any page in the same browser can send a form here.
  if (origin !== undefined && origin !== `http://${host}`) {
    return `${what}: expected a page of this site, got one of ${origin}`;
  }
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk;
    if (text.length > MAX_ORDER_BYTES) return `${what}: expected up to ${MAX_ORDER_BYTES} bytes`;
  }
  try {
    return parse(JSON.parse(text));
  } catch {
    return `${what}: expected JSON`;
  }
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response
    .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    .end(JSON.stringify(value));
}
