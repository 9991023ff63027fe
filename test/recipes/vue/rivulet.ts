import { type Client, createClient } from 'rivulet';
import { pageViews } from 'rivulet/capture';
import { type InjectionKey, inject, type Plugin } from 'vue';

export interface Events {
  'Order Completed': { order_id: string; total: number };
}

const key: InjectionKey<Client<Events>> = Symbol('rivulet');

/** `app.use(rivulet)`; the router's navigations are seen by pageViews(). */
export const rivulet: Plugin = {
  install(app) {
    const client = createClient<Events>({
      endpoint: 'https://events.example.com',
      writeKey: 'shop',
      capture: [pageViews()],
    });
    app.provide(key, client);
    app.onUnmount(() => void client.close());
  },
};

/** In `setup`. */
export function useRivulet(): Client<Events> {
  const client = inject(key);
  if (!client) throw new Error('rivulet: expected app.use(rivulet)');
  return client;
}
