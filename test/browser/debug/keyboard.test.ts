import { expect, it } from 'vitest';
import { eventually, useDebugView } from '../../helpers/debug-view.ts';

const view = useDebugView('debug-states-page.ts');

it('finds the lost event, opens its journey and copies the proof, by the keyboard alone', async () => {
  const page = await view.open();
  const { keyboard } = page;
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.evaluate(() => debugStates.loss());
  await eventually(() => view.text('.records')).toContain('5 lost: k3f9a·62–66');
  const focused = () => page.evaluate(() => debugPage.view.shadowRoot?.activeElement?.className);
  const selected = page.locator('rivulet-debug .row[aria-selected="true"]');

  for (let press = 0; press < 60 && (await focused()) !== 'grid'; press++)
    await keyboard.press('Tab');
  expect(await focused()).toBe('grid');
  await keyboard.press('End');
  await keyboard.press('k');
  for (let press = 0; press < 10; press++) {
    if (/\blost\b/.test((await selected.innerText()) ?? '')) break;
    await keyboard.press(',');
  }
  expect(await selected.innerText()).toContain('5 lost: k3f9a·62–66');
  await keyboard.press('Enter');

  await eventually(() => view.text('.detail')).toContain('Journey of k3f9a·62');
  expect(await page.locator('rivulet-debug .detail .station').allInnerTexts()).toEqual([
    'Captured',
    'In the log',
    'Sent',
    'Receipt',
  ]);
  expect(await view.text('.detail')).toContain('Lost, proven');
  await keyboard.press('Escape');
  await eventually(focused).toBe('grid');
  await keyboard.press('c');
  await keyboard.press('p');

  await eventually(() => page.evaluate(() => navigator.clipboard.readText())).toMatch(
    /^\d{4}-.*stream clickstream: 5 lost of \d+ \(loss proven\), read from its beginning, shard/,
  );
});
