import {
  count,
  createConsumer,
  createReadDoorClient,
  distinct,
  metric,
  percentiles,
  rate,
  sum,
  topK,
  windowed,
  withoutDuplicates,
} from 'rivulet/consumer';

const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? '';
// The last ten minutes, and what comes from now on.
const since = Date.now() - 600_000;
const consumer = createConsumer({
  client: createReadDoorClient({ endpoint: 'https://events.example.com', token }),
  stream: 'clickstream',
  from: { atTimestamp: since },
  filter: withoutDuplicates(),
});

const windows = windowed(consumer, {
  sizeMs: 10_000,
  since,
  measures: {
    perSecond: rate(),
    visitors: distinct('anonymousId'),
    orders: count(({ event }) => (event.event === 'Order Completed' ? 1 : undefined)),
    revenue: sum('properties.total'),
    products: topK('properties.product', { k: 3 }),
    // From every till, gathered there by `metrics()`: the histograms merge.
    scans: percentiles(metric('Scan Duration'), [50, 95]),
  },
});

for await (const { end, values } of windows) {
  const { perSecond, visitors, orders, revenue, products, scans } = values;
  const row = document.createElement('p');
  row.textContent = [
    new Date(end).toLocaleTimeString(),
    `${perSecond} events/s`,
    `${visitors} visitors`,
    `${orders} orders`,
    `${revenue.toFixed(2)} €`,
    products.map((product) => `${product.value} × ${product.count}`).join(', ') || '-',
    scans.p95 === undefined ? 'no scans' : `${scans.count} scans, p95 ${scans.p95.toFixed(1)} ms`,
  ].join(' | ');
  document.body.prepend(row);
}
