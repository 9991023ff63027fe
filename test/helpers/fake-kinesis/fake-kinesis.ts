import { KinesisError } from './errors.ts';
import { type Call, createFaultScript, type FaultScript } from './faults.ts';
import { createOperations } from './operations.ts';
import type { StoredRecord } from './shard.ts';
import { type FakeCredentials, type SignedRequest, verifySignature } from './sigv4.ts';
import type { FakeStream } from './stream.ts';

export interface FakeKinesisOptions {
  /** When given, every request must be signed with them. */
  readonly credentials?: FakeCredentials;
  /** @default 'us-east-1' */
  readonly region?: string;
  /** @default '111122223333' */
  readonly account?: string;
  /** Drives limits, expiry and timestamps. @default Date.now */
  readonly now?: () => number;
}

export interface FakeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface FakeKinesis extends Pick<FaultScript, 'fail' | 'always'> {
  /** One request. `undefined` when the script loses the request or its answer: the connection breaks. */
  readonly handle: (request: SignedRequest) => FakeAnswer | undefined;
  /** The same as a `fetch`, for an SDK client without a socket: `new FetchHttpHandler({ customFetch: fake.fetch })`. */
  readonly fetch: typeof globalThis.fetch;
  /** An operation without a wire, a signature or a fault. */
  readonly call: (operation: string, input: Readonly<Record<string, unknown>>) => object;
  /** Every call that arrived, refused ones too. */
  readonly calls: readonly Call[];
  /** Everything stored in a stream, shard by shard. */
  readonly records: (stream: string) => readonly StoredRecord[];
  readonly stream: (name: string) => FakeStream | undefined;
}

const TARGET = 'Kinesis_20131202.';

/** Amazon Kinesis Data Streams in this process, with the limits and failures that emulators leave out. */
export function createFakeKinesis(options: FakeKinesisOptions = {}): FakeKinesis {
  const { credentials, region = 'us-east-1', account = '111122223333', now = Date.now } = options;
  const streams = new Map<string, FakeStream>();
  const operations = createOperations({ streams, account, region, now });
  const script = createFaultScript();
  const calls: Call[] = [];
  let requests = 0;

  function run(request: SignedRequest): object | undefined {
    if (credentials) verifySignature(request, credentials, region, now());
    const target = request.headers['x-amz-target'] ?? '';
    const operation = target.startsWith(TARGET) ? target.slice(TARGET.length) : '';
    const handler = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
    if (!handler) throw new KinesisError('UnknownOperationException', '');
    const call = { operation, input: parseInput(request.body), at: now() };
    calls.push(call);
    const fault = script.next(call);
    if (fault?.kind === 'refuse')
      throw new KinesisError(fault.type, fault.message ?? '', fault.status);
    if (fault?.kind === 'lose_request') return undefined;
    const output = handler(call.input, fault);
    return fault?.kind === 'lose_reply' ? undefined : output;
  }

  function handle(request: SignedRequest): FakeAnswer | undefined {
    requests++;
    const headers = {
      'content-type': 'application/x-amz-json-1.1',
      'x-amzn-requestid': `00000000-0000-0000-0000-${String(requests).padStart(12, '0')}`,
      // The SDK corrects its clock by this one.
      date: new Date(now()).toUTCString(),
    };
    try {
      const output = run(request);
      return output && { status: 200, headers, body: JSON.stringify(output) };
    } catch (error) {
      if (!(error instanceof KinesisError)) throw error;
      const body = JSON.stringify({ __type: error.type, message: error.message });
      return { status: error.status, headers, body };
    }
  }

  async function fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const request = new Request(input, init);
    request.signal.throwIfAborted();
    const url = new URL(request.url);
    const body = new Uint8Array(await request.arrayBuffer());
    const headers = { ...Object.fromEntries(request.headers), host: url.host };
    const answer = handle({
      method: request.method,
      path: url.pathname + url.search,
      headers,
      body,
    });
    if (!answer) throw new TypeError('fetch failed');
    return new Response(answer.body, answer);
  }

  return {
    fail: script.fail,
    always: script.always,
    handle,
    fetch,
    call: (operation, input) => {
      const handler = operations[operation];
      if (!handler)
        throw new Error(`operation: expected one that the fake speaks, got ${operation}`);
      return handler(input, undefined);
    },
    calls,
    records: (name) => streams.get(name)?.shards.flatMap(({ records }) => records) ?? [],
    stream: (name) => streams.get(name),
  };
}

function parseInput(body: Uint8Array): Record<string, unknown> {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    throw new KinesisError('SerializationException', '');
  }
}
