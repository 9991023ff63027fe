/** What sessions, batches and reads are held against. */

import type { Settings } from '../configuration/settings.ts';
import { createSources, type Sources } from '../configuration/sources.ts';
import type { RelayRuntime } from '../runtime.ts';
import { type AccessCheck, createAccessCheck } from './access.ts';
import { type BatchTokens, createBatchTokens } from './batch-tokens.ts';
import { type ChallengeCheck, createChallengeCheck } from './challenge.ts';
import { createRateLimits, type RateLimits } from './rate-limits.ts';
import { createRevocations, type Revocations } from './revocation.ts';

export interface Admission {
  /** The current one first. */
  readonly secrets: readonly string[];
  readonly batchTokens: BatchTokens;
  readonly sources: Sources;
  readonly revocations: Revocations;
  readonly limits: RateLimits;
  readonly checkChallenge: ChallengeCheck;
  /** Of the read door. */
  readonly checkAccess: AccessCheck;
}

export function createAdmission(settings: Settings, runtime: RelayRuntime): Admission {
  return {
    secrets: settings.secrets,
    batchTokens: createBatchTokens(settings.secrets),
    sources: createSources(settings, runtime),
    revocations: createRevocations(settings, runtime),
    limits: createRateLimits(runtime),
    checkChallenge: createChallengeCheck(settings.turnstileSecret, runtime),
    checkAccess: createAccessCheck(settings.access, runtime),
  };
}
