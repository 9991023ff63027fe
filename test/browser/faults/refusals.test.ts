import { expect, it } from 'vitest';
import { PASS } from '../../../demo/launcher/fault-proxy.ts';
import { deriveSigningKey, signToken } from '../../../src/protocol/index.ts';
import { closeAccount } from '../../helpers/account.ts';
import { capture, captureDurably, drain, listen, readStats } from '../../helpers/client-page.ts';
import { answer, firstBatches, isBatch } from '../../helpers/faults.ts';
import { useWorld } from '../../helpers/world.ts';

const world = useWorld();

/** Uncompressed, so that the gate can read it. */
const PLAIN = '#{"compressAboveBytes":1000000}';

it('stores the neighbours of an event that the relay rejects, and declares that one', async () => {
  const browser = await world.profile.open();
  const page = await browser.newPage(world.site.url);
  await page.evaluate(() => {
    window.rivulet.capture('Neighbour', 50);
    let deep: object = {};
    for (let level = 0; level < 40; level += 1) deep = { deep };
    window.client.track('Too deep', { deep });
    window.rivulet.capture('Neighbour', 50);
  });
  await drain(page);

  // The declaration is an event of the lane too.
  await closeAccount(world, { captured: 102, stored: 101, rejected: 1 });
  expect((await readStats(page)).rejected).toBe(1);
});

it('finds the event that a whole batch is refused for, and stores all others', async () => {
  const browser = await world.profile.open();
  const page = await browser.newPage(world.site.url + PLAIN);
  world.pipeline.relay.gate.setRule((request) =>
    isBatch(request) && request.body.includes('"poison"')
      ? answer(400, { code: 'malformed', reason: 'batch: expected no poison' })
      : PASS,
  );
  await capture(page, 'Neighbour', 100);
  await page.evaluate(() => window.client.track('poison'));
  await captureDurably(page, 'Neighbour', 100);
  await drain(page);

  await closeAccount(world, { captured: 202, stored: 201, rejected: 1 });
  const rejected = await page.evaluate(() => window.client.rejected());
  expect(rejected).toMatchObject([{ seq: 101, event: { event: 'poison' } }]);
});

it('sends less at a time when a batch is too large for what stands before the relay', async () => {
  const browser = await world.profile.open();
  const page = await browser.newPage(world.site.url + PLAIN);
  let refused = 0;
  world.pipeline.relay.gate.setRule((request) => {
    if (!isBatch(request) || request.body.length < 10_000) return PASS;
    refused += 1;
    return answer(413);
  });
  await captureDurably(page, 'Large', 500);
  await drain(page);

  expect(refused).toBeGreaterThan(1);
  await closeAccount(world, { captured: 500, stored: 500 });
});

it('asks for a new session, and stores every event once, when the token has expired', async () => {
  const browser = await world.profile.open();
  const first = await browser.newPage(world.site.url);
  await captureDurably(first, 'Session', 10);
  await drain(first);
  const { clientId } = await readStats(first);
  const expired = await expiredSession(clientId);
  await first.evaluate(
    (expired) =>
      new Promise<void>((resolve) => {
        const request = indexedDB.open('rivulet');
        request.onsuccess = () => {
          const transaction = request.result.transaction('values', 'readwrite');
          const values = transaction.objectStore('values');
          const sessions = values.openCursor();
          sessions.onsuccess = () => {
            const cursor = sessions.result;
            if (String(cursor?.key).startsWith('session ')) {
              cursor?.update({ ...cursor.value, ...expired });
            }
            cursor?.continue();
          };
          transaction.oncomplete = () => {
            request.result.close();
            resolve();
          };
        };
      }),
    expired,
  );
  await first.close();

  const page = await browser.newPage(world.site.url);
  const errors = await listen(page, 'error');
  await captureDurably(page, 'Session', 300);
  await drain(page);

  expect(await errors.evaluate((heard) => heard.map(({ code }) => code))).toEqual([
    'token_expired',
  ]);
  await closeAccount(world, { captured: 310, stored: 310 });
});

it('waits, and stores every event once, when the relay answers 401 for a while', async () => {
  const browser = await world.profile.open();
  const page = await browser.newPage(world.site.url);
  const fault = firstBatches(3, () => answer(401, { code: 'token_expired', reason: 'expired' }));
  world.pipeline.relay.gate.setRule(fault.rule);
  await captureDurably(page, 'Refused', 300);
  await drain(page);

  expect(fault.met()).toBe(3);
  await closeAccount(world, { captured: 300, stored: 300 });
});

it('keeps everything while an extension blocks its requests, and delivers it when that ends', async () => {
  const browser = await world.profile.open();
  const page = await browser.newPage(world.site.url);
  await page.route('**/v1/**', (route) => route.abort('blockedbyclient'));
  const paused = await listen(page, 'paused');
  await captureDurably(page, 'Blocked', 300);
  await page.evaluate(() => window.client.flush());
  expect((await readStats(page)).stored).toBe(0);
  expect(await paused.evaluate((heard) => heard.map(({ reason }) => reason))).toContain(
    'unreachable',
  );

  await page.unrouteAll();
  await drain(page);

  await closeAccount(world, { captured: 300, stored: 300 });
});

it('gives a request that nothing ever answers its time, and delivers when answers come', async () => {
  const browser = await world.profile.open();
  const page = await browser.newPage(`${world.site.url}#{"requestTimeoutMs":3000}`);
  world.pipeline.relay.gate.setRule(() => new Promise(() => {}));
  const paused = await listen(page, 'paused');
  await captureDurably(page, 'Swallowed', 300);
  await page.evaluate(() => window.client.flush());
  expect(await paused.evaluate((heard) => heard.map(({ reason }) => reason))).toContain(
    'unreachable',
  );

  world.pipeline.faults.set({ relay: 'ok' });
  await drain(page);

  await closeAccount(world, { captured: 300, stored: 300 });
});

/** What the client takes for valid and the relay does not. */
async function expiredSession(client: string) {
  const { secret } = world.pipeline;
  const now = Date.now();
  const token = await signToken(crypto.subtle, secret, {
    use: 'batch',
    writeKey: world.pipeline.writeKey,
    client,
    origin: new URL(world.site.url).origin,
    issued: now - 7_200_000,
    expires: now - 3_600_000,
  });
  const key = Buffer.from(await deriveSigningKey(crypto.subtle, secret, token));
  return { token, key: key.toString('base64url'), expires: now + 3_600_000 };
}
