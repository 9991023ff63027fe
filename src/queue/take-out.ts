import { isLane, type LaneRange } from '../protocol/event.ts';
import { ask, type Foreign } from './records.ts';
import type { StoredSegment } from './types.ts';

/**
 * Deletes records that are no segments: any script of the origin may have written there, and disks fail. Answers with the
 * places of those that tell them, so that what is lost can be declared.
 */
export async function takeOut(segments: IDBObjectStore, foreign: Foreign): Promise<LaneRange[]> {
  const lost: LaneRange[] = [];
  for (const record of foreign) {
    const { id, lane, first, count } = record as StoredSegment;
    // Another tab may have been first.
    if ((await ask(segments.getKey(id))) === undefined) continue;
    const place =
      isLane(lane) && first > 0
        ? { lane, first, count: count > 0 ? count : 1 }
        : await findPlace(segments.index('lane'), id);
    if (place) lost.push(place);
    segments.delete(id);
  }
  return lost;
}

/** The index knows the place of a record that cannot be read. Its events reach up to the next segment of the lane. */
async function findPlace(index: IDBIndex, id: IDBValidKey): Promise<LaneRange | undefined> {
  let place: LaneRange | undefined;
  const request = index.openKeyCursor();
  for (let cursor = await ask(request); cursor; cursor = await ask(request)) {
    const [lane, first] = cursor.key as [unknown, number];
    if (place) return lane === place.lane ? { ...place, count: first - place.first } : place;
    if (cursor.primaryKey === id && isLane(lane)) place = { lane, first, count: 1 };
    cursor.continue();
  }
  return place;
}
