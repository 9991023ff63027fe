import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { numbersTo, readArrivals } from '../helpers/arrivals.ts';
import type { OpenBrowser } from '../helpers/browser.ts';
import { captureDurably, drain } from '../helpers/client-page.ts';
import { usePluginSite } from '../helpers/plugin-site.ts';
import { useWorld } from '../helpers/world.ts';

const world = useWorld();
const site = usePluginSite(world);

it.each([
  { how: 'in plain', search: '', isReadable: true },
  { how: 'sealed', search: '?sealed', isReadable: false },
])(
  'writes events $how to the files of the profile, readable there: $isReadable, and delivers them after a restart',
  async ({ how, search, isReadable }) => {
    const name = `Kept ${how}`;
    world.pipeline.faults.set({ relay: 'down' });
    const first = await world.profile.open();
    await captureDurably(await openPage(first, search), name, 600);
    await first.close();

    expect((await filesWith(name)).length > 0).toBe(isReadable);

    world.pipeline.faults.set({ relay: 'ok' });
    const second = await world.profile.open();
    await drain(await openPage(second, search));
    expect(await readArrivals(world.tail, name)).toEqual({
      distinct: 600,
      duplicates: 0,
      disordered: [],
      numbers: numbersTo(600),
    });
  },
);

it('leaves nothing in plain when a page closes itself in the task that captured', async () => {
  world.pipeline.faults.set({ relay: 'down' });
  const browser = await world.profile.open();
  const opener = browser.context.pages()[0];
  const [page] = await Promise.all([
    browser.context.waitForEvent('page'),
    // A script may close only what a script opened.
    opener?.evaluate((url) => void window.open(url), `${site.url}?sealed`),
  ]);
  await page.waitForFunction(() => 'client' in window);
  const closed = page.waitForEvent('close');
  await page.evaluate(() => {
    window.rivulet.capture('Last words', 50);
    window.close();
  });
  await closed;
  await browser.close();

  expect(await filesWith('Last words')).toEqual([]);
});

async function openPage(browser: OpenBrowser, search: string) {
  const page = await browser.newPage(`${site.url}${search}`);
  await page.waitForFunction(() => 'client' in window);
  return page;
}

/** The profile's files in which a text stands, in one byte for each character or in two. */
async function filesWith(text: string): Promise<string[]> {
  const { folder } = world.profile;
  const forms = [Buffer.from(text, 'latin1'), Buffer.from(text, 'utf16le')];
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const bytes = await readFile(join(entry.parentPath, entry.name));
    if (forms.some((form) => bytes.includes(form))) found.push(join(entry.parentPath, entry.name));
  }
  return found;
}
