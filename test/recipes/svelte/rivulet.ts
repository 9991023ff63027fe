import { createClient } from 'rivulet';
import { pageViews } from 'rivulet/capture';

export interface Events {
  'Shelf Seen': { name: string };
  'Order Completed': { order_id: string; total: number };
}

export const client = createClient<Events>({
  endpoint: 'https://events.example.com',
  writeKey: 'shop',
  capture: [pageViews()],
});

/** `<section {@attach seen('orders')}>`: captures when the element is put into the page. */
export function seen(name: string): () => void {
  return () => client.track('Shelf Seen', { name });
}
