import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { bundle } from '../build/bundle.ts';
import { createProfile, type Profile } from '../helpers/browser.ts';
import { readmeSample } from '../helpers/readme-samples.ts';
import { routeStubRelay, type StubRelay } from '../helpers/stub-relay.ts';

const dist = resolve(import.meta.dirname, '../../dist');
const SITE = 'https://www.example.com/';

let profile: Profile;

beforeEach(async () => {
  profile = await createProfile();
});

afterEach(() => profile.remove());

/** Opens a page with this in its body, in a browser where the sample's relay answers. */
async function openPage(body: string, scripts: Readonly<Record<string, string>> = {}) {
  const { context, newPage } = await profile.open();
  const relay = await routeStubRelay(context);
  const errors: string[] = [];
  const lines: string[] = [];
  context.on('weberror', (error) => errors.push(error.error().message));
  context.on('console', (message) => lines.push(`${message.type()}: ${message.text()}`));
  await context.route(`${SITE}**`, (route) => {
    const path = new URL(route.request().url()).pathname;
    const script = scripts[path];
    if (script !== undefined)
      return route.fulfill({ contentType: 'text/javascript', body: script });
    const html = `<!doctype html><html lang="en"><head><title>Shop</title><link rel="icon" href="data:," /></head><body>${body}</body></html>`;
    return route.fulfill({ contentType: 'text/html', body: html });
  });
  const page = await newPage(SITE);
  return { page, relay, errors, lines };
}

/** The first event of a kind, as soon as it has arrived. */
function arrived(relay: StubRelay, fields: Readonly<Record<string, unknown>>) {
  return vi.waitFor(
    () => expect(relay.events).toContainEqual(expect.objectContaining(fields)),
    // The samples keep the default of five seconds between two batches.
    { timeout: 20_000, interval: 50 },
  );
}

it('delivers what the ten lines capture', async () => {
  const program = await bundle(readmeSample('ts', 'Ten lines'));

  const { relay, errors } = await openPage('<script type="module" src="/program.js"></script>', {
    '/program.js': program,
  });

  await arrived(relay, { type: 'page' });
  await arrived(relay, { type: 'identify', traits: { plan: 'pro' } });
  await arrived(relay, {
    event: 'Product Added',
    properties: { product_id: 'wader-7', price: 129 },
  });
  await arrived(relay, {
    type: 'metric',
    event: 'Queue Length',
    properties: { value: 3, unit: 'people', attributes: { till: 'north' } },
  });
  expect(errors).toEqual([]);
});

it('delivers by the script tag what the page collected before it had loaded', async () => {
  const tag = readmeSample('html', 'By script tag', 'rivulet.js');
  const snippet = readmeSample('html', 'By script tag', 'rivuletCalls');

  const { relay, page, errors } = await openPage(`${snippet}${tag}<button>Buy</button>`, {
    '/rivulet.js': readFileSync(resolve(dist, 'rivulet.js'), 'utf8'),
  });

  await arrived(relay, { event: 'Landed', properties: { from: 'newsletter' } });
  await arrived(relay, { type: 'page' });
  await page.click('button');
  await arrived(relay, { event: 'Element Clicked' });
  expect(errors).toEqual([]);
});

it('sends nothing before the user agrees, as the consent sample has it', async () => {
  const program = await bundle(readmeSample('ts', 'Consent'));

  const { relay, page, errors } = await openPage(
    '<button id="agree">Agree</button><script type="module" src="/program.js"></script>',
    { '/program.js': program },
  );
  // Hidden and shown again: a page that may end sends what it has.
  await page.evaluate(() => document.dispatchEvent(new Event('freeze')));
  expect(relay.events).toEqual([]);
  await page.click('#agree');

  await arrived(relay, { event: 'Landed' });
  expect(errors).toEqual([]);
});

it('seals what waits, and delivers it, as the encryption sample has it', async () => {
  const program = await bundle(
    `${readmeSample('ts', 'Encryption at rest').replace('createClient({', 'globalThis.client = createClient({')}
    globalThis.client.track('Sealed');`,
  );

  const { relay, errors } = await openPage('<script type="module" src="/program.js"></script>', {
    '/program.js': program,
  });

  await arrived(relay, { event: 'Sealed' });
  expect(errors).toEqual([]);
});

it('reads the stream back as the consumer sample does', async () => {
  const program = await bundle(readmeSample('ts', 'See where an event is', 'createLedger'));
  const { relay, lines } = await openPage('<script type="module" src="/program.js"></script>', {
    '/program.js': program,
  });

  const record = {
    type: 'track',
    event: 'Seen',
    messageId: 'k3f9aL0qXw.1',
    anonymousId: 'somebody',
    userId: null,
    context: {},
    originalTimestamp: '2026-11-20T21:19:58.000Z',
    timestamp: '2026-11-20T21:19:58.000Z',
    sentAt: '2026-11-20T21:19:58.000Z',
    receivedAt: '2026-11-20T21:19:58.000Z',
    rivulet: { lane: 'k3f9aL0qXw', seq: 1, source: 'shop' },
  };
  relay.kinesis.call('PutRecords', {
    StreamName: 'clickstream',
    Records: [{ Data: btoa(JSON.stringify(record)), PartitionKey: 'somebody' }],
  });

  await vi.waitFor(() => expect(lines).toContain('log: shardId-000000000000 k3f9aL0qXw.1 Seen 0'), {
    timeout: 20_000,
    interval: 50,
  });
});

it('shows the debug view by its tag, with the token that it asks for', async () => {
  const html = readmeSample('html', 'The debug view');
  const files = readdirSync(resolve(dist, 'rivulet-debug')).map((file) => `rivulet-debug/${file}`);
  const scripts = ['rivulet-debug.js', ...files]
    .filter((file) => file.endsWith('.js'))
    .map((file) => [`/${file}`, readFileSync(resolve(dist, file), 'utf8')]);

  const { page, errors } = await openPage(html, Object.fromEntries(scripts));
  await page.getByRole('button', { name: /Open the debug view/ }).click();
  await page.getByLabel('Read token').fill('a read token');
  await page.keyboard.press('Enter');

  await page.getByText('1 shard, no record yet').waitFor();
  expect(errors).toEqual([]);
});

it('shows the debug view as a program puts it into a page', async () => {
  const program = await bundle(readmeSample('ts', 'The debug view'));

  const { page, errors } = await openPage('<script type="module" src="/program.js"></script>', {
    '/program.js': program,
  });

  await page.waitForFunction(() =>
    document.querySelector('rivulet-debug')?.shadowRoot?.textContent?.includes('clickstream'),
  );
  expect(errors).toEqual([]);
});
