/** Which partition key an event goes under. */

import { createHash } from 'node:crypto';
import type { CapturedEvent, ErasureSubject, Properties } from '../../src/protocol/event.ts';
import { MAX_PARTITION_KEY_CHARACTERS } from '../../src/protocol/limits.ts';
import { isObject } from '../../src/protocol/parsed.ts';
import type { Source } from '../configuration/source.ts';
import { subjectOf } from './erasure.ts';
import type { IdentifiedContext } from './record.ts';

export type KeyChooser = (event: CapturedEvent, contextOf: () => Properties) => string;

/**
 * Chooses keys for the events of one segment by the source's rule, or the client id where the rule finds nothing.
 * `draw` in [0, 1) is chance, drawn once a segment: neighbours stay together, and so in one aggregate.
 */
export function createKeyChooser(
  { partition, spread, spreadWhen }: Pick<Source, 'partition' | 'spread' | 'spreadWhen'>,
  lane: string,
  { anonymousId, userId, sessionId }: IdentifiedContext,
  draw: number,
): KeyChooser {
  // Which keys are hot is known where they are put.
  const salt = spread > 1 && spreadWhen === 'always' ? `#${Math.floor(draw * spread)}` : '';
  const finish = (value: unknown): string =>
    // A lone surrogate has no UTF-8: two ends would hash different bytes.
    shorten(`${isUsable(value) ? value : anonymousId}${salt}`.toWellFormed());
  const always = (value: unknown): KeyChooser => {
    const key = finish(value);
    return () => key;
  };

  /** An erasure goes behind what it is about, as far as it names that. */
  const bySubject = (ids: readonly (keyof ErasureSubject)[], value: unknown): KeyChooser => {
    const own = finish(value);
    return (event) => {
      if (event.type !== 'erase') return own;
      const subject = subjectOf(event);
      const id = ids.find((each) => isUsable(subject[each]));
      return id === undefined ? own : finish(subject[id]);
    };
  };

  switch (partition) {
    case 'client':
      return bySubject(['anonymousId'], anonymousId);
    case 'user':
      return bySubject(['userId', 'anonymousId'], userId);
    case 'session':
      return always(sessionId);
    case 'lane':
    // The stream ignores it; older emulators ask for one.
    case 'auto':
      return always(lane);
    case 'random':
      return always(draw.toString(36).slice(2) || '0');
    default: {
      const [root, ...path] = partition.split('.');
      return (event, contextOf) => {
        const tree = root === 'context' ? contextOf() : event[root as 'properties' | 'traits'];
        return finish(path.reduce(fieldOf, tree));
      };
    }
  }
}

function isUsable(value: unknown): boolean {
  return (
    (typeof value === 'string' && value !== '') ||
    typeof value === 'number' ||
    typeof value === 'boolean'
  );
}

function fieldOf(value: unknown, field: string): unknown {
  return isObject(value) && Object.hasOwn(value, field) ? value[field] : undefined;
}

/** Kinesis counts characters, JavaScript counts units: no text has more of the first than of the second. */
function shorten(key: string): string {
  if (key.length <= MAX_PARTITION_KEY_CHARACTERS) return key;
  if ([...key].length <= MAX_PARTITION_KEY_CHARACTERS) return key;
  return createHash('sha256').update(key).digest('hex');
}
