/** A tracking plan, as the relay's configuration has it or as Segment's Public API answers it. */

import * as v from 'valibot';
import { isObject } from '../../../src/protocol/parsed.ts';
import { problemsOfSchema } from '../../configuration/json-schema.ts';
import { describeIssue, sourceSchema } from '../../configuration/source.ts';
import { CommandError } from '../command-error.ts';

type Schema = Readonly<Record<string, unknown>>;

export interface PlannedEvent {
  readonly name: string;
  /** Of its properties, or of its traits. */
  readonly schema: Schema;
  /** What references in it point into. */
  readonly root: Schema;
  readonly description: unknown;
}

const planSchema = sourceSchema.entries.plan.wrapped;

/** docs.segmentapis.com/tag/Tracking-Plans#operation/listRulesFromTrackingPlan */
const segmentRule = v.looseObject({
  type: v.picklist(
    ['TRACK', 'IDENTIFY', 'GROUP', 'PAGE', 'SCREEN', 'COMMON'],
    'expected TRACK, IDENTIFY, GROUP, PAGE, SCREEN, COMMON',
  ),
  key: v.optional(v.string('expected text'), ''),
  version: v.optional(v.number('expected a number'), 1),
  jsonSchema: v.looseObject({}, 'expected a JSON Schema'),
});
const segmentRules = v.array(segmentRule, 'expected a list of rules');

/** Throws a {@link CommandError} with a line for each problem: where it is, and what was expected there. */
export function readPlan(file: string, text: string): readonly PlannedEvent[] {
  const fail = (problems: readonly string[]): never => {
    throw new CommandError(problems.map((problem) => `${file}: ${problem}`).join('\n'));
  };
  const given = parse(text) ?? fail(['expected a JSON object']);
  const { data, plan = given } = given as { data?: unknown; plan?: unknown };
  const rules = (isObject(data) ? data : given).rules;
  const parsed =
    rules === undefined ? v.safeParse(planSchema, plan) : v.safeParse(segmentRules, rules);
  if (!parsed.success) return fail(parsed.issues.map((issue) => describeIssue(issue)));
  const output = parsed.output;
  const events = Array.isArray(output)
    ? eventsOfSegment(output)
    : Object.entries(output.events).map(([name, schema]) => eventOf(name, schema, schema));
  const problems = events.flatMap(({ name, root }) =>
    problemsOfSchema(root).map((problem) => `events.${name} ${problem}`),
  );
  return problems.length > 0 ? fail(problems) : events;
}

function parse(text: string): Schema | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A rule's schema is that of the whole call; the last version of an event holds. */
function eventsOfSegment(rules: v.InferOutput<typeof segmentRules>): readonly PlannedEvent[] {
  const sorted = rules
    .filter(({ type }) => type !== 'COMMON' && type !== 'SCREEN')
    .sort((one, other) => one.version - other.version);
  const events = sorted.map(({ type, key, jsonSchema }) => {
    const name = type === 'TRACK' ? key : type.toLowerCase();
    const parts = isObject(jsonSchema.properties) ? jsonSchema.properties : {};
    const part = type === 'IDENTIFY' || type === 'GROUP' ? parts.traits : parts.properties;
    return eventOf(name, isObject(part) ? part : {}, jsonSchema);
  });
  return [...new Map(events.map((event) => [event.name, event])).values()];
}

function eventOf(name: string, schema: Schema, root: Schema): PlannedEvent {
  return { name, schema, root, description: schema.description ?? root.description };
}
