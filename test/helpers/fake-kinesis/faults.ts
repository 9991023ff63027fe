import type { EntryErrorCode } from './errors.ts';

/** What goes wrong with one call. */
export type Fault =
  /** Refused before anything happens. */
  | {
      readonly kind: 'refuse';
      readonly type: string;
      readonly message?: string;
      readonly status?: number;
    }
  /** Entries of PutRecords that fail, while the others are stored. */
  | {
      readonly kind: 'entries';
      readonly fails: (index: number, partitionKey: string) => EntryErrorCode | undefined;
    }
  /** Done as asked, but the answer never arrives. */
  | { readonly kind: 'lose_reply' }
  /** Never arrives. */
  | { readonly kind: 'lose_request' };

/** A call as the script and the test see it. */
export interface Call {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface FaultScript {
  /** The next `times` calls of an operation fail so. Later scripts wait for earlier ones. */
  readonly fail: (operation: string, fault: Fault, times?: number) => void;
  /** Asked for every call that no `fail` takes, until it is replaced. */
  readonly always: (decide: ((call: Call) => Fault | undefined) | undefined) => void;
  readonly next: (call: Call) => Fault | undefined;
}

export function createFaultScript(): FaultScript {
  const planned: { operation: string; fault: Fault; times: number }[] = [];
  let rule: ((call: Call) => Fault | undefined) | undefined;

  return {
    fail: (operation, fault, times = 1) => planned.push({ operation, fault, times }),
    always: (decide) => {
      rule = decide;
    },
    next: (call) => {
      const index = planned.findIndex(({ operation }) => operation === call.operation);
      const plan = planned[index];
      if (!plan) return rule?.(call);
      plan.times--;
      if (plan.times === 0) planned.splice(index, 1);
      return plan.fault;
    },
  };
}
