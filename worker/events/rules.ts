/** What a source asks to be done with its events, compiled once. */

import type { Source } from '../configuration/source.ts';
import { createPlanCheck, type PlanCheck } from './plan.ts';
import { createRedaction, type Redact } from './redact.ts';
import { createStreamChooser, type StreamChooser } from './routes.ts';

export interface Rules {
  readonly check: PlanCheck | undefined;
  readonly redact: Redact | undefined;
  readonly streamOf: StreamChooser;
}

// A source that was changed in the store is another object.
const compiled = new WeakMap<Source, Rules>();

export function rulesOf(source: Source): Rules {
  const known = compiled.get(source);
  if (known) return known;
  const rules = {
    check: source.plan && createPlanCheck(source.plan),
    redact: createRedaction(source.redact),
    streamOf: createStreamChooser(source),
  };
  compiled.set(source, rules);
  return rules;
}
