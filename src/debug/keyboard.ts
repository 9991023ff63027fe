/** Keys of the view. They act only while the focus is inside it (WCAG 2.1.4), and never while somebody types. */

export type Command =
  | 'next'
  | 'previous'
  | 'page-down'
  | 'page-up'
  | 'first'
  | 'end'
  | 'open'
  | 'close'
  | 'toggle-hold'
  | 'filter';

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** Where the focus is: a field takes every key but Escape, a button its own Enter and Space. */
export type FocusPlace = 'field' | 'control' | 'scroller' | 'table';

const EVERYWHERE: Readonly<Record<string, Command>> = {
  j: 'next',
  k: 'previous',
  '/': 'filter',
  Escape: 'close',
};

const IN_TABLE: Readonly<Record<string, Command>> = {
  ArrowDown: 'next',
  ArrowUp: 'previous',
  PageDown: 'page-down',
  PageUp: 'page-up',
  Home: 'first',
  Enter: 'open',
};

export function commandOf(press: KeyPress, place: FocusPlace): Command | undefined {
  if (press.ctrlKey || press.metaKey || press.altKey) return undefined;
  if (place === 'field') return press.key === 'Escape' ? 'close' : undefined;
  const everywhere = EVERYWHERE[press.key];
  if (everywhere) return everywhere;
  if (place === 'scroller') return undefined;
  if (press.key === 'End') return 'end';
  if (press.key === ' ') return place === 'control' ? undefined : 'toggle-hold';
  return place === 'table' ? IN_TABLE[press.key] : undefined;
}

/** What holds the focus. */
export function focusPlaceOf(target: EventTarget | undefined): FocusPlace {
  if (!(target instanceof Element)) return 'table';
  if (target.matches('input, textarea, select')) return 'field';
  if (target.matches('button, a, summary')) return 'control';
  return target.matches('.body, .json') ? 'scroller' : 'table';
}
