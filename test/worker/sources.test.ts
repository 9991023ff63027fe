import { describe, expect, test } from 'vitest';
import { rememberAnswers } from '../../worker/configuration/remembered.ts';
import { parseSettings } from '../../worker/configuration/settings.ts';
import { createSources } from '../../worker/configuration/sources.ts';
import {
  createRelayUnderTest,
  ENV,
  sources as inVariables,
  NOW,
  track,
} from './relay-under-test.ts';
import { scriptKinesis } from './scripted-kinesis.ts';
import { createScriptedStore, createScriptedTime } from './scripted-store.ts';

const SHOP = { name: 'shop', stream: 'clickstream', origins: '*' };
const BANK = { name: 'bank', stream: 'payments', origins: '*' };
const MINUTE_MS = 60_000;

/** Sources of the store and of the variables: `wk_shop` stands in the latter. */
function createSourcesUnderTest(entries: Readonly<Record<string, string | object>> = {}) {
  const scripted = createScriptedStore(entries);
  const time = createScriptedTime();
  const settings = parseSettings({ ...ENV, SOURCES: inVariables({ origins: '*' }) }, true);
  if (!settings.ok) throw new Error(settings.problems.join());
  const { find } = createSources(settings.value, { ...time.runtime, store: scripted.store });
  return { ...scripted, ...time, find };
}

describe('a source', () => {
  test('of the store wins over the one of the variables', async () => {
    const { find } = createSourcesUnderTest({ 'source/wk_shop': { ...SHOP, stream: 'moved' } });

    expect(await find('wk_shop')).toMatchObject({ stream: 'moved', writeKey: 'wk_shop' });
  });

  test('of the variables is found where the store has none', async () => {
    const { find } = createSourcesUnderTest();

    expect(await find('wk_shop')).toMatchObject({ name: 'shop', stream: 'clickstream' });
  });

  test('is asked for once a minute, and changes then', async () => {
    const { find, put, asked, clock } = createSourcesUnderTest({ 'source/wk_bank': BANK });
    await find('wk_bank');
    put('source/wk_bank', { ...BANK, disabled: true });
    clock.now += MINUTE_MS - 1;
    const before = await find('wk_bank');
    clock.now += 1;
    const after = await find('wk_bank');

    expect([before?.disabled, after?.disabled]).toEqual([false, true]);
    expect(asked).toHaveLength(2);
  });

  test('that is taken out of the store is gone within a minute', async () => {
    const { find, remove, clock } = createSourcesUnderTest({ 'source/wk_bank': BANK });
    await find('wk_bank');
    remove('source/wk_bank');
    clock.now += MINUTE_MS;

    expect(await find('wk_bank')).toBeUndefined();
  });

  test('that nobody has is remembered as such for a minute', async () => {
    const { find, asked, clock } = createSourcesUnderTest();

    expect(await find('wk_none')).toBeUndefined();
    clock.now += MINUTE_MS - 1;
    expect(await find('wk_none')).toBeUndefined();
    expect(asked).toEqual(['source/wk_none']);
  });

  test('is not pushed out of memory by write keys that somebody makes up', async () => {
    const { find, asked } = createSourcesUnderTest({ 'source/wk_bank': BANK });
    await find('wk_bank');
    for (let n = 0; n < 3000; n++) await find(`wk_${n}`);
    asked.length = 0;

    expect(await find('wk_bank')).toMatchObject({ name: 'bank' });
    expect(await find('wk_2999')).toBeUndefined();
    expect(asked).toEqual([]);
    await find('wk_0');
    expect(asked).toEqual(['source/wk_0']);
  });

  test.each(['', 'wk shop', 'wk_\u00e9', 'x'.repeat(129), 'wk\n'])(
    'is not asked for under %j, which is no write key',
    async (writeKey) => {
      const { find, asked } = createSourcesUnderTest();

      expect(await find(writeKey)).toBeUndefined();
      expect(asked).toEqual([]);
    },
  );
});

describe('a store that cannot be asked', () => {
  test('leaves what it said before in force for a day, and is asked again every five seconds', async () => {
    const { find, state, asked, clock, logs } = createSourcesUnderTest({ 'source/wk_bank': BANK });
    await find('wk_bank');
    state.down = true;
    clock.now += MINUTE_MS;
    for (let n = 0; n < 10; n++) expect(await find('wk_bank')).toMatchObject({ name: 'bank' });
    expect(asked).toHaveLength(2);
    clock.now += 5000;
    expect(await find('wk_bank')).toMatchObject({ name: 'bank' });
    expect(asked).toHaveLength(3);
    expect(logs).toHaveLength(2);
    expect(JSON.parse(logs[0] ?? '')).toEqual({ at: 'store', reason: 'KV GET failed: 503' });
    clock.now += 24 * 3600_000;

    await expect(find('wk_bank')).rejects.toMatchObject({ code: 'relay_busy' });
  });

  test('leaves the variables in force where it has said nothing yet', async () => {
    const { find, state, asked, put, clock } = createSourcesUnderTest();
    state.down = true;
    for (let n = 0; n < 10; n++) expect(await find('wk_shop')).toMatchObject({ name: 'shop' });
    expect(asked).toHaveLength(1);
    state.down = false;
    put('source/wk_shop', { ...SHOP, disabled: true });
    clock.now += 5000;

    expect(await find('wk_shop')).toMatchObject({ disabled: true });
  });

  test('makes nothing up about other write keys', async () => {
    const { find, state } = createSourcesUnderTest();
    state.down = true;

    await expect(find('wk_bank')).rejects.toMatchObject({
      code: 'relay_busy',
      hints: { after: 5000 },
    });
  });

  test('is also one that never answers', async () => {
    const { runtime, logs } = createScriptedTime();
    const store = { get: () => new Promise<null>(() => {}) };
    const find = rememberAnswers(store, { parse: (_, text) => text }, runtime, 20);

    await expect(find('source/wk_bank')).rejects.toMatchObject({ code: 'relay_busy' });
    expect(logs.join()).toContain('store: no answer in time');
  });
});

describe('a store that holds something that is no source', () => {
  test.each([
    ['{', 'expected JSON'],
    ['5', 'configuration: expected Object'],
    [{ stream: 'payments', origins: '*' }, 'name: expected one, got none'],
    ['', 'expected JSON'],
    [{ ...BANK, stream: 'my stream' }, 'stream: expected the name of a Kinesis data stream'],
    [{ ...BANK, turnstile: true }, 'turnstile: expected RELAY_TURNSTILE_SECRET to be set'],
    [{ ...BANK, name: 'shop' }, 'name: expected one that no other source of SOURCES has'],
    [{ ...BANK, ordering: 'strict', spread: 2 }, 'ordering: expected "laned"'],
  ])('is logged with its problems: %j', async (entry, problem) => {
    const { find, logs } = createSourcesUnderTest({ 'source/wk_bank': entry });

    await expect(find('wk_bank')).rejects.toMatchObject({
      code: 'relay_misconfigured',
      hints: { after: MINUTE_MS },
    });
    expect(logs).toHaveLength(1);
    expect(logs[0]).toContain('source/wk_bank: ');
    expect(JSON.parse(logs[0] ?? '').reason).toContain(problem);
  });

  test('names every problem at once', async () => {
    const { find, logs } = createSourcesUnderTest({
      'source/wk_bank': { name: 'a b', stream: 'c d', origins: [], colour: 1 },
    });
    await find('wk_bank').catch(() => {});

    for (const field of ['name', 'stream', 'origins', 'colour']) {
      expect(logs[0]).toContain(`${field}: expected`);
    }
  });

  test('leaves the last source in force where there was one', async () => {
    const { find, put, clock, logs } = createSourcesUnderTest({ 'source/wk_bank': BANK });
    await find('wk_bank');
    put('source/wk_bank', '{"name":');
    clock.now += MINUTE_MS;

    expect(await find('wk_bank')).toMatchObject({ name: 'bank' });
    expect(logs).toHaveLength(1);
  });

  test('is not passed over for the variables, which are what it was to change', async () => {
    const { find } = createSourcesUnderTest({ 'source/wk_shop': '{' });

    await expect(find('wk_shop')).rejects.toMatchObject({ code: 'relay_misconfigured' });
  });

  test('may keep its own name, or that of the variables it replaces', async () => {
    const { find } = createSourcesUnderTest({ 'source/wk_shop': SHOP });

    expect(await find('wk_shop')).toMatchObject({ name: 'shop' });
  });
});

describe('a relay with a store', () => {
  test('needs no sources in its variables', async () => {
    const { store } = createScriptedStore({ 'source/wk_shop': SHOP });
    const { relay, openSession } = createRelayUnderTest({ SOURCES: '' }, { store });

    const health = await relay.fetch(new Request('https://relay.example/v1/health'));

    expect(health.status).toBe(200);
    expect(await openSession(null)).toMatchObject({ token: expect.any(String) });
  });

  test('stops a source within a minute of its being switched off, whose clients keep their events', async () => {
    const kinesis = scriptKinesis();
    const { store, put } = createScriptedStore({ 'source/wk_shop': SHOP });
    const { openSession, sendBatch, clock } = createRelayUnderTest({ SOURCES: '' }, { store });
    const session = await openSession(null);
    put('source/wk_shop', { ...SHOP, disabled: true });
    clock.now = NOW + MINUTE_MS;

    const { status, answer } = await sendBatch([{ events: [track()] }], { session, origin: null });

    expect([status, answer.code]).toEqual([403, 'source_disabled']);
    expect(kinesis.calls).toEqual([]);
  });

  test('answers a batch with 500 and a wait while the source is none, and tells the client nothing of it', async () => {
    const kinesis = scriptKinesis();
    const { store, put } = createScriptedStore({ 'source/wk_shop': SHOP });
    const first = createRelayUnderTest({ SOURCES: '' }, { store });
    const session = await first.openSession(null);
    put('source/wk_shop', { ...SHOP, stream: 'my stream' });
    const { sendBatch } = createRelayUnderTest({ SOURCES: '' }, { store });

    const { status, answer, response } = await sendBatch([{ events: [track()] }], {
      session,
      origin: null,
    });

    expect([status, answer.code]).toEqual([500, 'relay_misconfigured']);
    expect(response.headers.get('retry-after')).toBe('60');
    expect(JSON.stringify(answer)).not.toMatch(/my stream|Kinesis/);
    expect(kinesis.calls).toEqual([]);
  });
});
