import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/**
 * What axe finds wrong with a part of the debug view, or with the whole page, as it is now: rule, place and how to mend it.
 */
export async function violationsIn(page: Page, part?: string): Promise<string[]> {
  const isThere = await page.evaluate(() => 'axe' in globalThis);
  if (!isThere) await page.evaluate(await readFile(AXE, 'utf8'));
  const results: AxeResults = await page.evaluate((part) => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
    return axe.run(part ? { fromShadowDom: ['rivulet-debug', part] } : document);
  }, part);
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.flat().join(' ')} ${node.failureSummary}`),
  );
}
