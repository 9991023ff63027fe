import type { RefusalAnswer } from '../../src/protocol/index.ts';
import {
  type FaultProxy,
  PASS,
  type ProxiedRequest,
  type Rule,
  type Verdict,
} from './fault-proxy.ts';

/** What a person can break, and how. */
export const FAULT_MODES = {
  kinesis: ['ok', 'throttle', 'down', 'lose-replies'],
  relay: ['ok', 'down', 'unavailable'],
} as const;

export interface FaultModes {
  readonly kinesis: (typeof FAULT_MODES.kinesis)[number];
  readonly relay: (typeof FAULT_MODES.relay)[number];
}

export interface Faults {
  readonly get: () => FaultModes;
  /** Parts that are not named stay as they are. */
  readonly set: (modes: Partial<FaultModes>) => void;
}

const RESET: Verdict = { kind: 'reset' };

const kinesisRules: Record<FaultModes['kinesis'], Rule> = {
  ok: () => PASS,
  down: () => RESET,
  // Reads go on, so that whoever watches sees that nothing arrives.
  throttle: (request) => (isPut(request) ? throttled(request) : PASS),
  'lose-replies': (request) => (isPut(request) ? { kind: 'lose-reply' } : PASS),
};

const relayRules: Record<FaultModes['relay'], Rule> = {
  ok: () => PASS,
  down: () => RESET,
  // A preflight that failed would hide the 503 from the page.
  unavailable: (request) => (request.method === 'OPTIONS' ? PASS : UNAVAILABLE),
};

export function createFaults(proxies: {
  /** Absent in front of Amazon Kinesis. */
  readonly kinesis: FaultProxy | undefined;
  readonly relay: FaultProxy;
}): Faults {
  let modes: FaultModes = { kinesis: 'ok', relay: 'ok' };
  return {
    get: () => modes,
    set: (change) => {
      modes = { ...modes, ...change };
      proxies.kinesis?.setRule(kinesisRules[modes.kinesis]);
      proxies.relay.setRule(relayRules[modes.relay]);
    },
  };
}

/** A change as it came from a page, or what is wrong with it. */
export function parseFaultModes(value: unknown): Partial<FaultModes> | string {
  if (typeof value !== 'object' || value === null) return 'faults: expected an object';
  for (const [part, mode] of Object.entries(value)) {
    const known: readonly unknown[] | undefined = Object.entries(FAULT_MODES).find(
      ([name]) => name === part,
    )?.[1];
    if (!known) return `faults: expected kinesis or relay, got ${part}`;
    if (!known.includes(mode)) return `faults.${part}: expected ${known.join(' | ')}, got ${mode}`;
  }
  return value;
}

export function isPut(request: ProxiedRequest): boolean {
  return String(request.headers['x-amz-target']).startsWith('Kinesis_20131202.PutRecord');
}

/** A throttled PutRecords is a success in HTTP: every entry of the answer says otherwise. */
export function throttled(request: ProxiedRequest): Verdict {
  const { Records, StreamName } = JSON.parse(request.body.toString()) as {
    Records?: unknown[];
    StreamName?: string;
  };
  const entry = {
    ErrorCode: 'ProvisionedThroughputExceededException',
    ErrorMessage: `Rate exceeded for shard shardId-000000000000 in stream ${StreamName} under account 000000000000.`,
  };
  return {
    kind: 'answer',
    status: 200,
    headers: { 'content-type': 'application/x-amz-json-1.1' },
    body: JSON.stringify({
      FailedRecordCount: Records?.length ?? 0,
      Records: Records?.map(() => entry) ?? [],
    }),
  };
}

const refusal: RefusalAnswer = {
  code: 'stream_unavailable',
  reason: 'relay: the fault proxy answers for it',
  after: 1000,
};

const UNAVAILABLE: Verdict = {
  kind: 'answer',
  status: 503,
  headers: {
    'content-type': 'application/json',
    'retry-after': '1',
    'access-control-allow-origin': '*',
    'access-control-expose-headers': 'Retry-After',
  },
  body: JSON.stringify(refusal),
};
