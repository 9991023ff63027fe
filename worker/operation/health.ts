/** `GET /v1/health`: what an operator has to mend, and what is on. Asks nobody: it answers while Kinesis does not. */

import { version } from '../../package.json';
import { limitsOf } from '../admission/rate-limits.ts';
import type { SettingsResult } from '../configuration/settings.ts';
import { answerJson } from '../http/answer.ts';
import type { RelayRuntime } from '../runtime.ts';

/** Every field is fit for strangers: no names of streams, sources or settings' values. */
export interface Health {
  readonly ok: boolean;
  readonly version: string;
  /** How many the variables hold. */
  readonly sources: number;
  /** Whether sources and revocations may also stand in a store. */
  readonly store: 'on' | 'off';
  readonly limits: ReturnType<typeof limitsOf>;
  readonly problems: readonly string[];
}

export function answerHealth(configured: SettingsResult, runtime: RelayRuntime): Response {
  const problems = configured.ok ? [] : configured.problems;
  const health: Health = {
    ok: configured.ok,
    version,
    sources: configured.ok ? configured.value.sources.size : 0,
    store: runtime.store ? 'on' : 'off',
    limits: limitsOf(runtime),
    problems,
  };
  if (configured.ok) return answerJson(200, health);
  const refusal = { code: 'relay_misconfigured', reason: problems.join('; ') };
  return answerJson(500, { ...health, ...refusal });
}
