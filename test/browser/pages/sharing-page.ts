/** A tab that shares the shards of a stream with the others, and tells the server what it is handed. */

import { indexedDbStore } from '../../../src/consumer/checkpoint/indexeddb-store.ts';
import { leases } from '../../../src/consumer/checkpoint/leases.ts';
import type { LeaseStore } from '../../../src/consumer/checkpoint/types.ts';
import { createConsumer } from '../../../src/consumer/consumer.ts';
import { createReadDoorClient } from '../../../src/consumer/read-door-client.ts';

export function openStore(name: string): LeaseStore {
  return indexedDbStore({ name });
}

export async function share(tab: string, leaseMs: number): Promise<void> {
  const consumer = createConsumer({
    client: createReadDoorClient({ endpoint: location.origin, token: 'any' }),
    stream: 'clickstream',
    from: 'TRIM_HORIZON',
    readsPerSecond: 5,
    pollIntervalMs: 200,
    idleIntervalMs: 200,
    checkpoint: leases(indexedDbStore({ name: 'sharing' }), { owner: tab, leaseMs }),
  });
  let number = 0;
  for await (const { shardId, data } of consumer) {
    const text = new TextDecoder().decode(data);
    navigator.sendBeacon(
      '/handed',
      JSON.stringify({ tab, at: Date.now(), number: ++number, shardId, text }),
    );
  }
}
