import { useEffect, useRef } from 'react';
import { createClient } from 'rivulet';
import { pageViews } from 'rivulet/capture';

export interface Events {
  'Shelf Seen': { name: string };
  'Order Completed': { order_id: string; total: number };
}

/** One for the page, made outside of what React renders: StrictMode renders twice. The router's navigations are seen by pageViews(). */
export const client = createClient<Events>({
  endpoint: 'https://events.example.com',
  writeKey: 'shop',
  capture: [pageViews()],
});

/** Captures once for each time that a component is shown: StrictMode's second effect is of the same one. */
export function useSeen<Name extends keyof Events>(event: Name, properties: Events[Name]): void {
  const isSeen = useRef(false);
  useEffect(() => {
    if (isSeen.current) return;
    isSeen.current = true;
    client.track<keyof Events>(event, properties);
  }, [event, properties]);
}
