/** The debug view on a stream that can be throttled, with what is copied in sight of the test. */

import { page } from './debug-page.ts';

let copied = '';

export const chartPage = {
  /** One shard refuses so many reads now. */
  throttle(reads: number): void {
    const [first, ...others] = page.consumer.shards();
    if (first) page.consumer.setShards([{ ...first, throttledReads: reads }, ...others]);
  },
  /** What was put into the clipboard last. */
  copied: (): string => copied,
};

export type ChartPage = typeof chartPage;

Object.assign(window, { chartPage });
Object.defineProperty(navigator, 'clipboard', {
  value: {
    writeText: async (text: string) => {
      copied = text;
    },
  },
});
