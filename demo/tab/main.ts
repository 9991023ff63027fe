/** Another tab of the shop: small enough to be framed, with a client of its own that leads. */
import './tab.css';
import type { Client } from 'rivulet';
import { openClient, readPipeline } from '../page/connection.ts';
import { createNetworkSwitch } from '../scenarios/network-switch.ts';

const AGAIN_MS = 20;

// At once: whoever framed this page looks for it when it is loaded, and waits for what it holds.
window.rivuletTab = lead();

async function lead(): ReturnType<() => NonNullable<Window['rivuletTab']>> {
  const pipeline = await readPipeline();
  if (!pipeline) throw new Error('pipeline: expected one behind this page, got none');
  const network = createNetworkSwitch(window);
  const client = openClient(pipeline, { runtime: { fetch: network.fetch } });
  show('waits for its turn');
  await takeLead(client);
  show('sends for both');
  return {
    async capture(events) {
      network.setOffline(true);
      for (let bucket = 1; bucket <= events; bucket += 1) {
        client.track('Bucket Filled', { bucket, of: events });
      }
      // Without a network it ends as soon as all of them are on disk.
      await client.flush();
      show(`sends for both; no network, ${events} events on disk`);
    },
  };
}

/**
 * A tab that comes second waits for the first one's end. To lead at once, the lock is stolen for a moment: it has the name of
 * the client's database, and goes to whoever asked next.
 */
async function takeLead(client: Client): Promise<void> {
  while (!(await client.stats()).leader) {
    await navigator.locks.request('rivulet', { steal: true }, () => {});
    await new Promise((later) => setTimeout(later, AGAIN_MS));
  }
}

function show(text: string): void {
  const place = document.querySelector('output');
  if (place) place.textContent = text;
}
