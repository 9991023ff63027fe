import type { Shelf } from './eviction.ts';
import { ask, readPage } from './records.ts';
import { isStoredSegment } from './segment.ts';
import type { StoredSegment } from './types.ts';

/** What stands in the database, if there is one, and after it what waits in memory. */
export function createShelf(
  memory: () => readonly StoredSegment[],
  transaction?: IDBTransaction,
): Shelf {
  const segments = transaction?.objectStore('segments');
  const priorities = segments?.index('priority');
  return {
    async page(afterId) {
      const page = transaction
        ? (await readPage(transaction, IDBKeyRange.lowerBound(afterId, true))).filter(
            isStoredSegment,
          )
        : [];
      return page.length > 0 ? page : memory().filter(({ id }) => id > afterId);
    },
    async ids(priority) {
      let ids: IDBValidKey[] = [];
      if (segments && priorities) {
        const others = priority ? [] : await ask(priorities.getAllKeys());
        const isOther = new Set(others);
        const all = await ask(priority ? priorities.getAllKeys(priority) : segments.getAllKeys());
        ids = all.filter((id) => !isOther.has(id));
      }
      const held = memory().filter((segment) => segment.priority === priority);
      return [...(ids as number[]), ...held.map(({ id }) => id)];
    },
    async load(ids) {
      const held = new Map(memory().map((segment) => [segment.id, segment]));
      const records = await Promise.all(
        ids.map((id) => held.get(id) ?? (segments && ask(segments.get(id)).catch(() => {}))),
      );
      return records.filter((record) => record && isStoredSegment(record));
    },
  };
}
