/** Hears every line of the log and every answer of the relays under test, and knows what must be in none of them. */

import { gunzipSync } from 'node:zlib';

export interface Leak {
  /** `log`, or the path and status of an answer. */
  readonly where: string;
  readonly kind: string;
  readonly text: string;
}

/** Too short to be told from a word of ours. */
const MIN_LENGTH = 6;

/** Names that the relay has from its operator, and may say; a test may use one as a value too. */
const PUBLIC =
  /^(shop|clickstream|client-1|track|page|screen|group|identify|properties|traits|stored|rejected|k3f9aL0qXw)$/;

/** Of one test: what sends thousands of batches is heard for the first of them. */
const MAX_HEARD = 500;
const MAX_SECRETS = 2000;

export interface Witness {
  readonly hearHeaders: (headers: Headers) => void;
  /** Of a batch or another call. */
  readonly hearBody: (body: string | Uint8Array) => void;
  readonly hearAnswer: (path: string, response: Response) => Promise<void>;
  readonly hearLog: (line: string) => void;
  /** Whatever the name says, such as a setting's, is secret. */
  readonly keepSecret: (kind: string, text: string) => void;
  /** What was said that must not be. Forgets everything. */
  readonly leaks: () => readonly Leak[];
}

export function createWitness(): Witness {
  let secrets = new Map<string, string>();
  let heard: { where: string; text: string }[] = [];

  function keepSecret(kind: string, text: string): void {
    if (secrets.size >= MAX_SECRETS) return;
    if (text.length >= MIN_LENGTH && !PUBLIC.test(text)) secrets.set(text, kind);
  }

  /** Tokens, signatures, lines of events, and what stands in them. */
  function hearBody(body: string | Uint8Array): void {
    if (secrets.size >= MAX_SECRETS) return;
    const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
    const end = bytes.indexOf(10);
    const head = new TextDecoder('latin1').decode(bytes.subarray(0, end < 0 ? 0 : end));
    const [, token = '', , signature = ''] = head.split(' ');
    keepSecret('token', token);
    keepSecret('signature', signature);
    for (const line of readPayload(bytes.subarray(end + 1)).split('\n')) {
      if (line.length > 20) keepSecret('event', line.slice(0, 200));
      for (const value of valuesIn(line)) keepSecret('value', value);
    }
  }

  return {
    keepSecret,
    hearBody,
    hearHeaders(headers) {
      keepSecret('address', headers.get('cf-connecting-ip') ?? '');
      keepSecret('token', (headers.get('authorization') ?? '').replace(/^Bearer /, ''));
      keepSecret('token', headers.get('cf-access-jwt-assertion') ?? '');
    },
    async hearAnswer(path, response) {
      if (heard.length >= MAX_HEARD) return;
      const isData = path.endsWith('/v1/session') || path === '/v1/kinesis';
      const text = await response.clone().text();
      if (!isData || response.status !== 200) {
        heard.push({ where: `${path} ${response.status}`, text });
        return;
      }
      if (!path.endsWith('/v1/session')) return;
      const { token, key } = JSON.parse(text);
      keepSecret('token', token);
      keepSecret('signing key', key);
    },
    hearLog(line) {
      if (heard.length < MAX_HEARD) heard.push({ where: 'log', text: line });
    },
    leaks() {
      const found = heard.flatMap(({ where, text }) =>
        [...secrets]
          .filter(([secret]) => text.includes(secret) || text.includes(escaped(secret)))
          .map(([, kind]) => ({ where, kind, text })),
      );
      secrets = new Map();
      heard = [];
      return found;
    },
  };
}

function readPayload(bytes: Uint8Array): string {
  try {
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
    const plain = isGzip ? gunzipSync(bytes, { maxOutputLength: 2 ** 21 }) : bytes;
    return new TextDecoder().decode(plain);
  } catch {
    // A bomb, or no gzip: there is no text in it.
    return '';
  }
}

/** Texts that a client's event brings in its properties, traits and context. */
function valuesIn(line: string): string[] {
  const start = line.indexOf('{');
  if (start < 0 || line.length > 100_000) return [];
  try {
    const event = JSON.parse(line.slice(start));
    const { event: name, properties, traits, context, page, anonymousId, userId } = event;
    return textsIn([name, properties, traits, context, page, anonymousId, userId], 0);
  } catch {
    // Not JSON: the line itself is kept.
    return [];
  }
}

function textsIn(value: unknown, depth: number): string[] {
  if (typeof value === 'string') return [value.slice(0, 500)];
  if (typeof value !== 'object' || value === null || depth > 20) return [];
  return Object.values(value).flatMap((inner) => textsIn(inner, depth + 1));
}

/** As it stands in a line of JSON. */
function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** Of all relays of a test file. */
export const witness: Witness = createWitness();
