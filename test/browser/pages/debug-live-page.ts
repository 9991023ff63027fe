/** The debug view on a stream that is read for real, through the read door of the page's own origin. */

import { createReadDoorReader } from '../../../src/consumer/read-door-reader.ts';
import { RivuletDebug } from '../../../src/debug/index.ts';

declare global {
  /** Given by the test. */
  var reshard: ((change: object) => Promise<void>) | undefined;
  /** When each rectangle of the map was first drawn, by its id: milliseconds since 1970. */
  var shownAt: Map<string, number>;
}

const view = new RivuletDebug();
view.stream = 'clickstream';
view.kinesis = createReadDoorReader({ endpoint: location.origin, token: 'of the test' });
view.control = {
  split: async (shardId) => reshard?.({ split: shardId }),
  merge: async (shardIds) => reshard?.({ merge: shardIds }),
};
window.shownAt = new Map();
function look(): void {
  for (const { id } of view.renderRoot?.querySelectorAll('.map-shard') ?? []) {
    if (!shownAt.has(id)) shownAt.set(id, Date.now());
  }
  requestAnimationFrame(look);
}
look();
document.querySelector('main')?.append(view);
