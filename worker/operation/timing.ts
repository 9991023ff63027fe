/** Where a request's time went, for a page's developer tools and `PerformanceResourceTiming`. */

export interface Timing {
  /** In the relay, in milliseconds. On Cloudflare's network the clock advances on I/O only: what the processor takes is not in it. */
  readonly ms: number;
  /** Of these, waiting for Kinesis. */
  readonly putMs?: number;
}

/** w3.org/TR/server-timing. A page of another origin is shown nothing of it without `Timing-Allow-Origin`. */
export function withTiming(
  response: Response,
  { ms, putMs }: Timing,
  origin: string | null,
): Response {
  const put = putMs === undefined ? '' : `, put;dur=${putMs}`;
  response.headers.set('server-timing', `relay;dur=${ms}${put}`);
  if (origin !== null) response.headers.set('timing-allow-origin', origin);
  return response;
}
