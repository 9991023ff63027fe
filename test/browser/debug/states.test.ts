import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually, useDebugView } from '../../helpers/debug-view.ts';
import type { DebugStates } from '../pages/debug-states-page.ts';

declare global {
  var axe: typeof import('axe-core');
}

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** A desk, a tablet and a telephone. */
const SIZES = [
  [1440, 900],
  [800, 1000],
  [360, 740],
] as const;

/** What every state says about itself, at every size. */
const SAYS: Record<keyof DebugStates, readonly [string, RegExp]> = {
  empty: ['.first-steps', /No record yet.*Client loaded.*Send a test event/s],
  quiet: ['.live', /Live/],
  held: ['.pill', /held/],
  throttled: ['.banner', /Throttled on shard 2: 5 reads a second/],
  trimmed: ['.banner', /Shard 1: asked for 09:12:00/],
  resharding: ['.banner', /Shard 2 became 7 and 8/],
  offline: ['.banner', /^\W*Offline: capturing goes on.*Last read at/],
  loss: ['.verdict', /5 lost of/],
};

const view = useDebugView('debug-states-page.ts');

afterEach(() => view.page().context().setOffline(false));

describe('everybody can use it', () => {
  it.each(Object.keys(SAYS) as (keyof DebugStates)[])(
    '%s, by day and by night, on a desk, a tablet and a telephone',
    async (state) => {
      const page = await view.open();
      await page.emulateMedia({ reducedMotion: 'reduce' });
      await page.evaluate(await readFile(AXE, 'utf8'));
      if (state === 'offline') await page.context().setOffline(true);
      await page.evaluate((state) => debugStates[state](), state);
      const [selector, says] = SAYS[state];
      await eventually(() => view.text(selector)).toMatch(says);

      const found: string[] = [];
      for (const [width, height] of SIZES) {
        await page.setViewportSize({ width, height });
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          const name = `${width} ${colorScheme}`;
          found.push(...(await violations(page)).map((violation) => `${name}: ${violation}`));
        }
        found.push(...(await overflow(page)).map((side) => `${width}: scrolls ${side}`));
      }

      expect(found).toEqual([]);
    },
  );
});

async function violations(page: Page): Promise<string[]> {
  const results = await page.evaluate(() => axe.run() as Promise<AxeResults>);
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.flat().join(' ')} ${node.failureSummary}`),
  );
}

/** In which directions the page itself would scroll: the view scrolls inside. */
function overflow(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { scrollWidth, scrollHeight } = document.documentElement;
    const sides = { sideways: scrollWidth - innerWidth, down: scrollHeight - innerHeight };
    return Object.entries(sides).flatMap(([side, pixels]) => (pixels > 0 ? [side] : []));
  });
}
