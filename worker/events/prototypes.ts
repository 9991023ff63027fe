/**
 * JSON can name `__proto__`, and `JSON.parse` makes a field of it like any other; whoever merges such an object into one
 * of their own later, with `Object.assign` or a loop, changes its prototype. We merge nothing so, readers might.
 */

import { isObject } from '../../src/protocol/parsed.ts';

/** Whether a text may hold such a name. An escape may stand for any letter of it. */
export function mayNamePrototype(json: string): boolean {
  return json.includes('proto') || json.includes('\\u');
}

/** Takes out, in place and at every level, what would lead to a prototype. Whether there was any. */
export function removePrototypes(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  let isChanged = false;
  if (Object.hasOwn(value, '__proto__')) {
    isChanged = Reflect.deleteProperty(value, '__proto__');
  }
  // A `constructor` alone is a word that a form may have a field for.
  if (Object.hasOwn(value, 'constructor')) {
    const named: unknown = value.constructor;
    if (isObject(named) && Object.hasOwn(named, 'prototype')) {
      isChanged = Reflect.deleteProperty(value, 'constructor');
    }
  }
  for (const child of Object.values(value)) {
    if (removePrototypes(child)) isChanged = true;
  }
  return isChanged;
}
