/** The debug view on a stream that is read for real, through the read door of the page's own origin. */

import { createReadDoorReader } from '../../../src/consumer/read-door-reader.ts';
import { RivuletDebug } from '../../../src/debug/index.ts';

declare global {
  /** Given by the test. */
  var reshard: ((change: object) => Promise<void>) | undefined;
}

const view = new RivuletDebug();
view.stream = 'clickstream';
view.kinesis = createReadDoorReader({ endpoint: location.origin, token: 'of the test' });
view.control = {
  split: async (shardId) => reshard?.({ split: shardId }),
  merge: async (shardIds) => reshard?.({ merge: shardIds }),
};
Object.assign(window, { liveView: view });
document.querySelector('main')?.append(view);
