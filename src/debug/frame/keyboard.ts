/** Keys of the view. They act only while the focus is inside it (WCAG 2.1.4), and never while somebody types. */

import type { Command } from '../types.ts';

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** Where the focus is: a field takes every key but Escape, a button its own Enter and Space. */
export type FocusPlace = 'field' | 'control' | 'scroller' | 'table';

export interface Keyboard {
  /** The command of a press, or `undefined`; remembers the first key of two. */
  readonly commandOf: (
    press: KeyPress,
    place: FocusPlace,
    commands: readonly Command[],
  ) => Command | undefined;
}

/** Keys with which a focused button or scroller does what it is there for. */
const OWN_KEYS: Readonly<Record<'control' | 'scroller', ReadonlySet<string>>> = {
  control: new Set(['Enter', ' ', 'ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown']),
  scroller: new Set([
    ...['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight'],
    ...['PageUp', 'PageDown', 'Home', 'End', ' ', 'Enter'],
  ]),
};

export function createKeyboard(): Keyboard {
  let prefix = '';

  const isAllowed = (key: string, command: Command, place: FocusPlace): boolean => {
    if (place === 'field') return key === 'Escape';
    if (place === 'table') return true;
    return command.where !== 'table' && !OWN_KEYS[place].has(key);
  };

  return {
    commandOf: (press, place, commands) => {
      if (press.altKey) return undefined;
      const name = press.ctrlKey || press.metaKey ? `Ctrl+${press.key.toLowerCase()}` : press.key;
      const typed = prefix + name;
      prefix = '';
      const offered = commands.filter(({ isOffered }) => isOffered?.() ?? true);
      const found = offered.find(
        (command) =>
          command.keys?.includes(typed) &&
          (name.startsWith('Ctrl+') || isAllowed(press.key, command, place)),
      );
      if (found || place === 'field' || name.startsWith('Ctrl+')) return found;
      if (offered.some(({ keys }) => keys?.some((keys) => keys.startsWith(`${typed} `)))) {
        prefix = `${typed} `;
      }
      return undefined;
    },
  };
}

/** What holds the focus. */
export function focusPlaceOf(target: EventTarget | undefined): FocusPlace {
  if (!(target instanceof Element)) return 'table';
  if (target.matches('input, textarea, select')) return 'field';
  if (target.matches('button, a, summary, [role="tab"], [role="treeitem"], [role="option"]')) {
    return 'control';
  }
  return target.matches('.body, .json, figure') ? 'scroller' : 'table';
}
