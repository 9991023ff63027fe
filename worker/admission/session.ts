/** Who may have a session: asked once an hour by each client, so that a batch has to prove no more than that it was. */

import { SESSION_LIFE_MS } from '../../src/protocol/limits.ts';
import { isObject } from '../../src/protocol/parsed.ts';
import type { SessionAnswer } from '../../src/protocol/session.ts';
import { configFor } from '../events/sampling.ts';
import { Refusal } from '../http/answer.ts';
import type { Admission } from './admission.ts';
import { dailyClient, type Sender } from './daily-client.ts';
import { admitSource } from './source-gate.ts';
import { issueSession } from './tokens.ts';

/** A client id is ours to make and 22 characters long; a device may bring its own name. */
const MAX_CLIENT_LENGTH = 128;

export interface SessionCall extends Sender {
  readonly body: Uint8Array;
  readonly origin: string | null;
  readonly now: number;
}

export async function mintSession(
  { secrets, sources, checkChallenge }: Admission,
  { body, origin, address, userAgent, now }: SessionCall,
): Promise<SessionAnswer> {
  const { writeKey, client: named, challenge } = parseSessionRequest(body);
  const source = await sources.find(writeKey);
  if (!source) throw new Refusal('write_key_unknown', 'write key: names no source of this relay');
  admitSource(source, origin);
  if (source.turnstile) await checkChallenge(challenge, source.turnstile, origin, address);
  const [secret = ''] = secrets;
  const client = named ?? dailyClient({ address, userAgent }, source, secret, now);
  const token = { writeKey, client, origin, issued: now, expires: now + SESSION_LIFE_MS };
  return issueSession(secret, token, configFor(source, client));
}

interface ParsedRequest {
  readonly writeKey: string;
  /** `undefined`: it keeps none. */
  readonly client: string | undefined;
  /** Looked at where the source asks for one. */
  readonly challenge: unknown;
}

function parseSessionRequest(body: Uint8Array): ParsedRequest {
  const request = parseJson(new TextDecoder().decode(body));
  if (!isObject(request) || typeof request.writeKey !== 'string') {
    throw new Refusal('malformed', 'body: expected {"writeKey","client","sdk"}');
  }
  const { writeKey, client, challenge } = request;
  if (client !== undefined && !isClient(client)) {
    throw new Refusal('malformed', `client: expected 1 to ${MAX_CLIENT_LENGTH} characters`);
  }
  return { writeKey, client, challenge };
}

function isClient(value: unknown): value is string {
  return typeof value === 'string' && value.length >= 1 && value.length <= MAX_CLIENT_LENGTH;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON is one way of not being a request; the caller says so.
    return undefined;
  }
}
