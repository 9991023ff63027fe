/** The context of a segment's records: what the segment holds, the event's over it, and what the edge knows. */

import type { Properties } from '../../src/protocol/event.ts';
import type { SenderContext } from './enrich.ts';
import type { Redact } from './redact.ts';
import type { JsonFields } from './validate.ts';

export interface ContextWriter {
  /** JSON, with the fields of an event's own context. */
  readonly jsonOf: (own: JsonFields) => string;
  /** The same, read. */
  readonly treeOf: (own: JsonFields) => Properties;
}

/** An id is there to be found again: nothing is taken out of it. */
const IDS = new Set(['sessionId']);

/**
 * What the events of a segment share is written once, and joined as text: serialising it again for every event would be
 * most of what a batch costs.
 */
export function createContextWriter(
  segment: JsonFields,
  { edge, agent }: SenderContext,
  redact: Redact | undefined,
): ContextWriter {
  const redacted = (fields: JsonFields): Iterable<[string, string]> =>
    redact
      ? [...fields].map(([name, json]) => [name, IDS.has(name) ? json : redact(json)])
      : fields;
  const edgeFields = jsonEntries(edge);
  const base = new Map([...jsonEntries(agent), ...redacted(segment)]);
  const shared = write(new Map([...base, ...edgeFields]));
  let sharedTree: Properties | undefined;

  const jsonOf = (own: JsonFields): string =>
    own.size === 0 ? shared : write(new Map([...base, ...redacted(own), ...edgeFields]));
  return {
    jsonOf,
    treeOf: (own) => {
      if (own.size > 0) return JSON.parse(jsonOf(own));
      sharedTree ??= JSON.parse(shared) as Properties;
      return sharedTree;
    },
  };
}

function jsonEntries(values: Properties): [string, string][] {
  return Object.entries(values).map(([name, value]) => [name, JSON.stringify(value)]);
}

function write(fields: JsonFields): string {
  return `{${Array.from(fields, ([name, json]) => `"${name}":${json}`).join(',')}}`;
}
