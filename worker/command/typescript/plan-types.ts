/** A tracking plan as a TypeScript module. */

import { EVENT_TYPES } from '../../../src/protocol/event.ts';
import type { PlannedEvent } from './read-plan.ts';
import { docOf, objectTypeOf } from './schema-types.ts';
import { commentOf, nameOf, objectOf, typeNameOf } from './type-text.ts';

/** What a file of this command's begins with, and no other. */
export const MARK = '// Made by `npx rivulet types`';

/** `track` and `metric` are planned by their names. */
const TYPES: readonly string[] = EVENT_TYPES.filter((type) => !/^(track|metric)$/.test(type));

export function planTypes(events: readonly PlannedEvent[]): string {
  const named = events.filter(({ name }) => !TYPES.includes(name));
  const others = events.filter(({ name }) => TYPES.includes(name));
  const declarations = new Map([
    ['Events', ''],
    ['EventsByType', ''],
  ]);

  function declare(wanted: string, body: (name: string) => string): string {
    let name = wanted || 'Value';
    for (let n = 2; declarations.has(name); n++) name = `${wanted}${n}`;
    // Taken before its body, which may declare more.
    declarations.set(name, '');
    declarations.set(name, `export type ${name} = ${body(name)};\n`);
    return name;
  }

  const memberOf = ({ name, schema, root, description }: PlannedEvent): string => {
    const options = { root, declare, prefix: typeNameOf(name) };
    const doc = docOf({ ...schema, description });
    return `${doc}${nameOf(name)}: ${objectTypeOf(schema, options)};`;
  };
  const interfaceOf = (name: string, doc: string, members: readonly string[]): string =>
    `${commentOf([doc])}export interface ${name} ${objectOf(members).text}\n`;

  declarations.set(
    'Events',
    interfaceOf('Events', 'What `createClient<Events>()` takes by name.', named.map(memberOf)),
  );
  if (others.length === 0) declarations.delete('EventsByType');
  else {
    const doc = 'Properties, or traits, of the events that have no name of their own.';
    declarations.set('EventsByType', interfaceOf('EventsByType', doc, others.map(memberOf)));
  }
  return [
    `${MARK} from a tracking plan; what is written here by hand is lost.\n`,
    ...declarations.values(),
  ].join('\n');
}
