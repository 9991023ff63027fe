/** How the relay speaks: JSON, one shape for every refusal, readable across origins. */

import { RivuletError } from '../../src/errors.ts';
import {
  REFUSAL_STATUS,
  type RefusalAnswer,
  type RefusalCode,
} from '../../src/protocol/receipt.ts';

/** A whole request refused. Thrown anywhere below the routes, answered at the one boundary above them. */
export class Refusal extends RivuletError {
  override readonly code: RefusalCode;
  readonly hints: RefusalHints;

  constructor(code: RefusalCode, reason: string, hints: RefusalHints = {}, options?: ErrorOptions) {
    super(code, reason, options);
    this.code = code;
    this.hints = hints;
  }
}

export type RefusalHints = Pick<RefusalAnswer, 'after' | 'now'>;

export function answerJson(status: number, body: unknown, headers: HeadersInit = {}): Response {
  return answerBytes(status, JSON.stringify(body), headers);
}

/** JSON that was written before. */
export function answerBytes(
  status: number,
  body: string | Uint8Array<ArrayBuffer>,
  headers: HeadersInit = {},
): Response {
  const response = new Response(body, { status, headers });
  response.headers.set('content-type', 'application/json');
  response.headers.set('cache-control', 'no-store');
  return response;
}

/** `extra` joins the body, for a reader that expects further fields. */
export function answerRefusal(refusal: Refusal, extra: object = {}): Response {
  const body: RefusalAnswer = { code: refusal.code, reason: refusal.message, ...refusal.hints };
  const { after } = refusal.hints;
  const headers = after === undefined ? {} : { 'retry-after': String(Math.ceil(after / 1000)) };
  return answerJson(REFUSAL_STATUS[refusal.code], { ...body, ...extra }, headers);
}

/**
 * Lets the page read the answer. Refusals too: a page that cannot read `origin_refused` takes it for a dead network and
 * asks for ever. No answer depends on cookies, and only an admitted origin gets one worth reading.
 */
export function shareWith(origin: string | null, response: Response): Response {
  response.headers.append('vary', 'Origin');
  if (origin === null) return response;
  response.headers.set('access-control-allow-origin', origin);
  response.headers.set('access-control-expose-headers', 'Retry-After');
  return response;
}
