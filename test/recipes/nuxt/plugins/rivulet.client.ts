import { createClient } from 'rivulet';
import { pageViews } from 'rivulet/capture';
import { defineNuxtPlugin } from '#app';

/** `.client`: Nuxt leaves it out of the server. In a component: `const { $rivulet } = useNuxtApp()`. */
export default defineNuxtPlugin(() => ({
  provide: {
    rivulet: createClient({
      endpoint: 'https://events.example.com',
      writeKey: 'shop',
      capture: [pageViews()],
    }),
  },
}));
