/** A page whose client has what the other entries add, as its address asks for. */

import { aesGcm } from '../../../src/encryption/index.ts';
import type { ClientOptions } from '../../../src/index.ts';
import { backgroundSync } from '../../../src/service-worker/index.ts';
import * as rivulet from './client-page.ts';

declare const options: ClientOptions;

const asked = new URLSearchParams(location.search);
const worker = asked.get('worker');
if (worker) navigator.serviceWorker.register(worker, { type: 'module' });
const client = rivulet.createClient({
  ...options,
  capture: [backgroundSync()],
  ...(asked.has('sealed') && { cipher: aesGcm() }),
});
Object.assign(window, { rivulet, client });
rivulet.tell(client);
