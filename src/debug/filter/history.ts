/** Filters that were used before, for the arrow up. They stay in the tab, because they may hold somebody's id. */
export interface FilterHistory {
  readonly add: (text: string) => void;
  /** One filter back (1) or on (-1) from the last one that was asked for; `current` is where it began. */
  readonly step: (direction: 1 | -1, current: string) => string | undefined;
}

const KEY = 'rivulet.debug.filters';
const MAX_FILTERS = 30;

export function createFilterHistory(storage: () => Storage): FilterHistory {
  let at = 0;
  let typed = '';
  const read = (): readonly string[] => {
    try {
      const kept: unknown = JSON.parse(storage().getItem(KEY) ?? '[]');
      return Array.isArray(kept) ? kept.filter((text) => typeof text === 'string') : [];
    } catch {
      // Storage is refused, or somebody else wrote there.
      return [];
    }
  };
  return {
    add: (text) => {
      at = 0;
      const kept = read();
      if (text.trim() === '' || kept[0] === text) return;
      const next = [text, ...kept.filter((other) => other !== text)].slice(0, MAX_FILTERS);
      try {
        storage().setItem(KEY, JSON.stringify(next));
      } catch {
        // Storage is refused: the page goes without.
      }
    },
    step: (direction, current) => {
      const kept = read();
      if (at === 0) typed = current;
      const to = at + direction;
      if (to < 0 || to > kept.length) return undefined;
      at = to;
      return at === 0 ? typed : kept[at - 1];
    },
  };
}
