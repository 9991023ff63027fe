import type { Properties } from '../protocol/event.ts';

const MAX_STEPS = 8;

/** What was clicked, whether it can be pressed or not: the element, and the tags that lead to it from the nearest one with an id, such as `#cart>ul>li>img`. */
export function describeSpot(path: readonly EventTarget[]): Properties {
  // Those without a name are the document, and the roots of shadow trees.
  const elements = (path as Partial<Element>[]).filter(({ localName }) => localName);
  const steps: string[] = [];
  for (const { localName = '', id } of elements.slice(0, MAX_STEPS)) {
    // A form answers with its own control where one is named "id".
    const isNamed = typeof id === 'string' && id !== '';
    steps.unshift(isNamed ? `#${id}` : localName);
    if (isNamed) break;
  }
  return { tag: elements[0]?.localName, place: steps.join('>') };
}
