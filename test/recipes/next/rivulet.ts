import { createClient } from 'rivulet';
import { pageViews } from 'rivulet/capture';

export interface Events {
  'Order Completed': { order_id: string; total: number };
}

/** Client components are rendered on the server too: there is none of it there. */
export const client =
  typeof window === 'undefined'
    ? undefined
    : createClient<Events>({
        endpoint: 'https://events.example.com',
        writeKey: 'shop',
        capture: [pageViews()],
      });
