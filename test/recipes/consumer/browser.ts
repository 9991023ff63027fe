import { createConsumer, createReadDoorClient, indexedDbStore, leases } from 'rivulet/consumer';

const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? '';
const consumer = createConsumer({
  client: createReadDoorClient({ endpoint: 'https://events.example.com', token }),
  stream: 'clickstream',
  from: 'TRIM_HORIZON',
  // Goes on after a reload where it was; several tabs share the shards.
  checkpoint: leases(indexedDbStore({ name: 'orders' })),
});

for await (const { event } of consumer.events()) {
  if (event.event !== 'Order Completed') continue;
  // By its id: what a tab has not written down when it closes comes again, to the next one.
  localStorage.setItem(`order ${event.messageId}`, event.timestamp);
  const orders = Object.keys(localStorage).filter((key) => key.startsWith('order '));
  document.body.textContent = `${orders.length} orders`;
}
