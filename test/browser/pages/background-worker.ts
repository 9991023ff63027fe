/** A site's own service worker: it sends what pages have left. */

import { deliverInBackground } from '../../../src/service-worker/index.ts';

declare const options: Parameters<typeof deliverInBackground>[0];

deliverInBackground(options);
