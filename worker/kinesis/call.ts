/**
 * One call of Kinesis: signed by the AWS SDK's signer, sent, and read as the JSON it is. The SDK's client would serialise each
 * call through a schema, and retry by its own rules: it costs twice the time of all else that a batch needs, and is not here.
 */

import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { KinesisSettings } from '../configuration/settings.ts';
import type { RelayRuntime } from '../runtime.ts';

export type Operation =
  | 'PutRecords'
  | 'PutRecord'
  | 'ListShards'
  | 'DescribeStreamSummary'
  | 'GetShardIterator'
  | 'GetRecords';

export interface CallOptions {
  /** Default: that of the settings. */
  readonly region?: string | undefined;
  readonly timeoutMs: number;
}

/**
 * Sends a call's JSON. Resolves to the JSON of a 200, as it came; rejects with {@link KinesisError} for every other status,
 * and with whatever `fetch` says where there was no answer in time.
 */
export type KinesisCall = (
  operation: Operation,
  /** JSON. Bytes are hashed and sent as they are, text is turned into bytes twice. */
  body: string | Uint8Array<ArrayBuffer>,
  options: CallOptions,
) => Promise<string>;

/** The service's own refusal. `name` is its type, such as `AccessDeniedException`. */
export class KinesisError extends Error {
  readonly status: number;

  constructor(name: string, message: string, status: number) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

/** AWS refuses what was signed longer ago than this: docs.aws.amazon.com/general/latest/gr/signing-aws-api-requests.html */
const MAX_SIGNATURE_AGE_MS = 4 * 60_000;

export function createKinesisCall(
  { region: ownRegion, endpoint, credentials }: KinesisSettings,
  { now }: Pick<RelayRuntime, 'now'>,
): KinesisCall {
  const signer = new SignatureV4({
    service: 'kinesis',
    region: ownRegion,
    credentials,
    sha256: NativeSha256,
    applyChecksum: false,
  });
  /** What this machine's clock is off by, where AWS has said so. */
  let skewMs = 0;

  async function call(
    operation: Operation,
    body: string | Uint8Array<ArrayBuffer>,
    { region = ownRegion, timeoutMs }: CallOptions,
    mayRepeat: boolean,
  ): Promise<string> {
    const url = new URL(endpoint ?? `https://kinesis.${region}.${domainOf(region)}/`);
    const { headers } = await signer.sign(
      {
        method: 'POST',
        protocol: url.protocol,
        hostname: url.hostname,
        path: url.pathname,
        query: {},
        headers: {
          host: url.host,
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': `Kinesis_20131202.${operation}`,
        },
        body,
      },
      { signingDate: new Date(now() + skewMs), signingRegion: region },
    );
    // `fetch` names the host itself.
    const { host, ...sent } = headers;
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(url, { method: 'POST', headers: sent, body, signal });
    const text = await response.text();
    if (response.status === 200) return text;
    const theirs = Date.parse(response.headers.get('date') ?? '');
    if (mayRepeat && Math.abs(theirs - now() - skewMs) > MAX_SIGNATURE_AGE_MS) {
      skewMs = theirs - now();
      return call(operation, body, { region, timeoutMs }, false);
    }
    throw parseError(response.status, text);
  }

  return (operation, body, options) => call(operation, body, options, true);
}

function parseError(status: number, text: string): KinesisError {
  try {
    const { __type = '', message, Message = message } = JSON.parse(text);
    // It may carry a namespace before the name, and an address after it.
    const [name = ''] = String(__type).replace(/^.*#/, '').split(':');
    return new KinesisError(name || `HTTP ${status}`, String(Message ?? ''), status);
  } catch {
    // A proxy's page: the status says what there is to know.
    return new KinesisError(`HTTP ${status}`, '', status);
  }
}

/** The partition of a region: docs.aws.amazon.com/general/latest/gr/ak.html */
function domainOf(region: string): string {
  return region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
}

/** SHA-256 in native code, and its HMAC where there is a secret. A class because the signer calls `new`. */
class NativeSha256 {
  readonly #secret: Uint8Array | string | undefined;
  #state: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#secret = typeof secret === 'object' ? toBytes(secret) : secret;
    this.#state = this.#begin();
  }

  update(data: Uint8Array): void {
    this.#state.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#state.digest();
  }

  reset(): void {
    this.#state = this.#begin();
  }

  #begin(): Hash | Hmac {
    return this.#secret === undefined ? createHash('sha256') : createHmac('sha256', this.#secret);
  }
}

function toBytes(source: ArrayBuffer | ArrayBufferView): Uint8Array {
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
}
