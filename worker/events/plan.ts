/** The tracking plan: which properties an event has to have, as JSON Schema by its name. */

import { type OutputUnit, type Schema, type SchemaDraft, Validator } from '@cfworker/json-schema';
import type { CapturedEvent, Properties } from '../../src/protocol/event.ts';
import { isObject } from '../../src/protocol/parsed.ts';
import type { TrackingPlan } from '../configuration/source.ts';

/** In a record or a receipt, of one event: the first tell what to mend. */
const MAX_VIOLATIONS = 10;

/** Of a path: its names are the client's, as long as it likes. */
const MAX_PATH_LENGTH = 200;

/** Of what a schema expects, as it is shown. */
const MAX_EXPECTED_LENGTH = 100;

/** Their failures say no more than that something inside of them failed, which is told too. */
const APPLICATORS = new Set([
  '$ref',
  '$recursiveRef',
  'additionalItems',
  'additionalProperties',
  'allOf',
  'dependencies',
  'dependentSchemas',
  'if',
  'items',
  'patternProperties',
  'prefixItems',
  'properties',
  'propertyNames',
  'unevaluatedItems',
  'unevaluatedProperties',
]);

/** One of many has to hold: why none of them does is more than anybody wants to know. */
const CHOICES = new Set(['anyOf', 'oneOf', 'contains']);

export interface PlanVerdict {
  /** Where the event is not as the plan has it: "path: expected …", without a value of the event. None where it is. */
  readonly violations: readonly string[];
  /** Whether it must not be stored for that. */
  readonly isRefused: boolean;
}

export type PlanCheck = (event: CapturedEvent) => PlanVerdict;

const FLAWLESS: PlanVerdict = { violations: [], isRefused: false };

export function createPlanCheck({ mode, events, others }: TrackingPlan): PlanCheck {
  const judge = (violations: readonly string[]): PlanVerdict =>
    violations.length === 0 ? FLAWLESS : { violations, isRefused: mode === 'enforce' };
  const validators = new Map<string, Validator>();

  /** Compiled when its event first comes: a source may plan more events than a page ever sends. */
  function validatorOf(name: string): Validator | undefined {
    const known = validators.get(name);
    const schema = Object.hasOwn(events, name) ? events[name] : undefined;
    if (known || !schema) return known;
    const validator = new Validator(structuredClone(schema) as Schema, draftOf(schema), false);
    validators.set(name, validator);
    return validator;
  }

  return (event) => {
    const { type, event: name = '', properties, traits } = event;
    // What a client says of its own gaps, and who asks to be forgotten, is nobody's to plan.
    if (type === 'drop' || type === 'erase') return FLAWLESS;
    const subject = type === 'identify' || type === 'group' ? 'traits' : 'properties';
    try {
      const validator = validatorOf(type === 'track' || type === 'metric' ? name : type);
      if (!validator) {
        return judge(others === 'allow' ? [] : ['event: expected one that the plan names']);
      }
      const { errors } = validator.validate((subject === 'traits' ? traits : properties) ?? {});
      return judge(describe(errors, subject, validator));
    } catch {
      // It is not the event's fault alone, so that nobody loses it: a schema that refers to itself for ever, a name that is
      // half of a pair.
      const reason = `${subject}: expected them to be such that the plan can be applied`;
      return { violations: [reason], isRefused: false };
    }
  };
}

function draftOf({ $schema = '' }: Properties): SchemaDraft {
  const [, draft] = /\/draft-0?([47])\/|\/(?:2019-09)\//.exec(`${$schema}`) ?? [];
  if (draft === '4' || draft === '7') return draft;
  return `${$schema}`.includes('/2019-09/') ? '2019-09' : '2020-12';
}

function describe(
  errors: readonly OutputUnit[],
  subject: string,
  validator: Validator,
): readonly string[] {
  const choices = errors.filter(({ keyword }) => CHOICES.has(keyword));
  const leaves = errors.filter(
    ({ keyword, keywordLocation }) =>
      !APPLICATORS.has(keyword) &&
      !choices.some((choice) => keywordLocation.startsWith(`${choice.keywordLocation}/`)),
  );
  const told = (leaves.length > 0 ? leaves : errors).map((error) => {
    const path = `${subject}${pathOf(error)}`.slice(0, MAX_PATH_LENGTH);
    return `${path}: expected ${expectationOf(error, validator)}`;
  });
  return [...new Set(told)].slice(0, MAX_VIOLATIONS);
}

/** `#/items/0/price` → `.items.0.price`; of a field that is missing, where it is missing. */
function pathOf({ instanceLocation, keyword, error }: OutputUnit): string {
  const path = stepsOf(instanceLocation)
    .map((step) => `.${step}`)
    .join('');
  const [, missing] = keyword === 'required' ? (/"(.*)"\.$/s.exec(error) ?? []) : [];
  return missing === undefined ? path : `${path}.${missing}`;
}

/** What the schema says there, as far as it is short: never what the event says. */
function expectationOf({ keyword, keywordLocation }: OutputUnit, validator: Validator): string {
  if (keyword === 'false') return 'no such field';
  if (keyword === 'required') return 'a value';
  const { schema } = validator as unknown as { readonly schema: unknown };
  const found = stepsOf(keywordLocation).reduce<unknown>(
    (part, step) =>
      (isObject(part) || Array.isArray(part)) && Object.hasOwn(part, step)
        ? (part as Record<string, unknown>)[step]
        : undefined,
    schema,
  );
  const text = isObject(found) ? '' : (JSON.stringify(found) ?? '');
  const isShown = text !== '' && text.length <= MAX_EXPECTED_LENGTH && !CHOICES.has(keyword);
  return isShown ? `${keyword} ${text}` : `what "${keyword}" of the plan says`;
}

/** The steps of a JSON pointer in a URI fragment. */
function stepsOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'));
}
