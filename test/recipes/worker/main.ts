import { createClient } from 'rivulet';
import { pageViews } from 'rivulet/capture';

const client = createClient({
  endpoint: 'https://events.example.com',
  writeKey: 'shop',
  capture: [pageViews()],
});
const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });

// A worker has no localStorage: the page tells it who the visitor is.
client.stats().then(({ clientId }) => worker.postMessage({ clientId }));
