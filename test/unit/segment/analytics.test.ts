import { describe, expect, test, vi } from 'vitest';
import { createAnalytics } from '../../../src/segment/analytics.ts';
import type { Analytics } from '../../../src/segment/types.ts';
import { createTestClient, type TestClient } from '../../helpers/test-client.ts';

interface Tested extends TestClient {
  readonly analytics: Analytics;
  /** What arrived at the relay, as it was captured. */
  readonly arrived: () => Promise<readonly Record<string, unknown>[]>;
}

function createTested(options?: Parameters<typeof createTestClient>[0]): Tested {
  const tested = createTestClient(options);
  return {
    ...tested,
    analytics: createAnalytics(tested.client),
    async arrived() {
      await tested.client.flush();
      return tested.relay.batches.flatMap(({ events }) =>
        events.map(({ timestamp: _, ...event }) => event as Record<string, unknown>),
      );
    },
  };
}

const options = { context: { campaign: { name: 'spring' } } };
const callback = (): void => {};

describe('a call of Segment', () => {
  test.each([
    [['Order Completed'], {}],
    [['Order Completed', { total: 5 }], { properties: { total: 5 } }],
    [['Order Completed', { total: 5 }, callback], { properties: { total: 5 } }],
    [['Order Completed', callback], {}],
    [['Order Completed', { total: 5 }, options], { properties: { total: 5 }, ...options }],
    [['Order Completed', null, options, callback], options],
    [['Order Completed', undefined, options], options],
    [
      [{ event: 'Order Completed', properties: { total: 5 } }, options],
      { properties: { total: 5 }, ...options },
    ],
  ])('track(%j) is captured as it is meant', async (args, expected) => {
    const { analytics, arrived } = createTested();

    analytics.track(...(args as Parameters<Analytics['track']>));

    expect(await arrived()).toEqual([
      { type: 'track', event: 'Order Completed', properties: {}, ...expected },
    ]);
  });

  test.each([
    [[], {}],
    [['Kettles'], { event: 'Kettles' }],
    [['Shop', 'Kettles'], { event: 'Kettles', properties: { category: 'Shop' } }],
    [[null, 'Kettles', { step: 2 }], { event: 'Kettles', properties: { step: 2 } }],
    [
      ['Shop', 'Kettles', { step: 2 }, options, callback],
      { event: 'Kettles', properties: { step: 2, category: 'Shop' }, ...options },
    ],
    [[{ step: 2 }], { properties: { step: 2 } }],
    [[{ step: 2 }, options], { properties: { step: 2 }, ...options }],
    [[undefined, { step: 2 }, options], { properties: { step: 2 }, ...options }],
    [['Kettles', undefined, options], { event: 'Kettles', ...options }],
    [[callback], {}],
  ])('page(%j) is captured as it is meant', async (args, expected) => {
    const { analytics, arrived } = createTested();

    analytics.page(...(args as Parameters<Analytics['page']>));

    expect(await arrived()).toEqual([{ type: 'page', properties: {}, ...expected }]);
  });

  test.each([
    [['ada'], 'ada', {}],
    [[42], '42', {}],
    [['ada', { plan: 'pro' }], 'ada', { traits: { plan: 'pro' } }],
    [['ada', { plan: 'pro' }, options, callback], 'ada', { traits: { plan: 'pro' }, ...options }],
    [['ada', callback], 'ada', {}],
    [[{ plan: 'pro' }], undefined, { traits: { plan: 'pro' } }],
    [[null, { plan: 'pro' }], undefined, { traits: { plan: 'pro' } }],
    [[], undefined, {}],
  ])('identify(%j) is captured as it is meant', async (args, userId, expected) => {
    const { analytics, arrived, client } = createTested();

    analytics.identify(...(args as Parameters<Analytics['identify']>));

    expect(await arrived()).toEqual([{ type: 'identify', traits: {}, ...expected }]);
    expect((await client.stats()).userId).toBe(userId);
    expect(analytics.user().id()).toBe(userId ?? null);
  });

  test('group names the group, and tells it where it is asked for nothing', async () => {
    const { analytics, arrived } = createTested();
    expect(analytics.group().id()).toBeNull();

    analytics.group('herons', { seats: 4 });
    analytics.group({ plan: 'team' });

    expect(await arrived()).toMatchObject([
      { type: 'group', groupId: 'herons', traits: { seats: 4 } },
      { type: 'group', groupId: 'herons', traits: { seats: 4, plan: 'team' } },
    ]);
    expect(analytics.group().id()).toBe('herons');
    expect(analytics.group().traits()).toEqual({ seats: 4, plan: 'team' });
  });

  test.each([
    [['ada', 'visitor-7', options, callback], 'visitor-7', options],
    [['ada', 'visitor-7'], 'visitor-7', {}],
    [[7, 42], '42', {}],
  ])('alias(%j) is captured as it is meant', async (args, previousId, expected) => {
    const { analytics, arrived } = createTested();

    analytics.alias(...(args as Parameters<Analytics['alias']>));

    expect(await arrived()).toEqual([{ type: 'alias', previousId, ...expected }]);
    expect(analytics.user().id()).toBe(String(args[0]));
  });

  test('alias without the name before is from the client id', async () => {
    const { analytics, arrived, client } = createTested();
    const { clientId } = await client.stats();

    analytics.alias('ada', options);

    expect(await arrived()).toEqual([{ type: 'alias', previousId: clientId, ...options }]);
  });
});

describe('options', () => {
  test('keep their time, their id and what else they have in the context, and leave integrations out', async () => {
    const { analytics, arrived } = createTested();

    analytics.track(
      'Late',
      { n: 1 },
      {
        timestamp: new Date(Date.UTC(2026, 0, 2)),
        messageId: 'own-1',
        ip: '0.0.0.0',
        integrations: { All: false },
        context: { app: { name: 'till' } },
      },
    );

    expect(await arrived()).toMatchObject([
      {
        event: 'Late',
        properties: { n: 1 },
        context: {
          timestamp: '2026-01-02T00:00:00.000Z',
          messageId: 'own-1',
          ip: '0.0.0.0',
          app: { name: 'till' },
        },
      },
    ]);
  });

  test('are of one event: neither the next one nor those that middleware captures has them', async () => {
    const { analytics, client, arrived } = createTested();
    client.use((event, next) => {
      if (event.event === 'One') client.track('Seen');
      next();
    });

    analytics.track('One', {}, options);
    client.track('Two');

    const events = await arrived();
    expect(events.map(({ event, context }) => [event, context])).toEqual([
      ['Seen', undefined],
      ['One', options.context],
      ['Two', undefined],
    ]);
  });

  test('have our priority', async () => {
    const { analytics, client } = createTested();
    const seen = vi.fn();
    client.use((event, next) => {
      seen(event.priority);
      next();
    });

    analytics.track('Alarm', {}, { priority: 'high' });

    expect(seen).toHaveBeenCalledWith('high');
  });
});

describe('an answer', () => {
  test('comes, and the callback, when the event is in the log, and not before', async () => {
    const { analytics, client, clock, heardOf } = createTested();
    await clock.settle();
    client.track('Before');
    await clock.settle();
    const called = vi.fn();

    const answer = analytics.track('Order Completed', { total: 5 }, called);
    await clock.advance(99);
    expect(called).not.toHaveBeenCalled();
    await clock.advance(1);

    const { lane } = await client.stats();
    expect(heardOf('logged')).toHaveLength(2);
    expect(await answer).toMatchObject({
      event: { type: 'track', event: 'Order Completed', messageId: `${lane}.2` },
    });
    expect(called).toHaveBeenCalledExactlyOnceWith(await answer);
  });

  test('comes at once where nothing is captured', async () => {
    const { analytics } = createTested({ consent: 'denied' });
    const called = vi.fn();

    expect(await analytics.track('Order Completed', called)).toEqual({ event: undefined });
    expect(called).toHaveBeenCalledOnce();
  });

  test('comes while consent is pending', async () => {
    const { analytics, clock } = createTested({ consent: 'pending' });

    const answer = analytics.track('Order Completed');
    await clock.advance(1000);

    expect(await answer).toMatchObject({ event: { event: 'Order Completed' } });
  });
});

describe('the visitor', () => {
  test('is known when ready says so: the one of earlier pages', async () => {
    const first = createTested();
    first.analytics.identify('ada');
    first.analytics.group('herons');
    await first.client.flush();
    const { clientId } = await first.client.stats();

    const { analytics } = createTested({ sharing: first, seed: 2 });
    const called = vi.fn();
    expect(analytics.user().anonymousId()).toBeNull();
    await analytics.ready(called);

    expect(called).toHaveBeenCalledOnce();
    expect(analytics.user().id()).toBe('ada');
    expect(analytics.user().anonymousId()).toBe(clientId);
    expect(analytics.group().id()).toBe('herons');
  });

  test('of earlier pages stays who it is when traits come before ready', async () => {
    const first = createTested();
    first.analytics.identify('ada');
    first.analytics.group('herons');
    await first.client.flush();

    const { analytics, client } = createTested({ sharing: first, seed: 2 });
    analytics.identify({ plan: 'pro' });
    analytics.group({ seats: 4 });
    await analytics.ready();

    expect(await client.stats()).toMatchObject({ userId: 'ada', groupId: 'herons' });
  });

  test('that a call named before it was known is the one that was named', async () => {
    const first = createTested();
    first.analytics.identify('ada');
    await first.client.flush();

    const { analytics } = createTested({ sharing: first, seed: 2 });
    analytics.identify('grace');
    await analytics.ready();

    expect(analytics.user().id()).toBe('grace');
  });

  test('has the traits of this page, and another one has none of them', async () => {
    const { analytics } = createTested();

    analytics.identify('ada', { plan: 'pro' });
    analytics.identify({ seats: 4 });
    expect(analytics.user().traits()).toEqual({ plan: 'pro', seats: 4 });
    analytics.identify('grace', { plan: 'free' });

    expect(analytics.user().traits()).toEqual({ plan: 'free' });
  });

  test('is another one after reset', async () => {
    const { analytics, client } = createTested();
    analytics.identify('ada', { plan: 'pro' });
    analytics.group('herons');
    const { clientId } = await client.stats();

    analytics.reset();
    await analytics.ready();

    expect(analytics.user().id()).toBeNull();
    expect(analytics.group().id()).toBeNull();
    expect(analytics.user().traits()).toEqual({});
    expect(analytics.user().anonymousId()).not.toBe(clientId);
    expect(analytics.user().anonymousId()).toBe((await client.stats()).clientId);
  });
});

describe('a listener', () => {
  test('hears every call by its name, and no more when it stops', async () => {
    const { analytics } = createTested();
    const heard = vi.fn();
    const names = ['track', 'page', 'identify', 'group', 'alias', 'reset'] as const;
    const stops = names.map((name) =>
      analytics.on(name, (...detail: unknown[]) => heard(name, ...detail)),
    );

    analytics.track('One', { n: 1 }, options);
    analytics.page('Shop', 'Kettles');
    analytics.identify('ada', { plan: 'pro' });
    analytics.group('herons');
    analytics.alias('grace', 'ada');
    analytics.reset();
    await Promise.resolve();
    for (const stop of stops) stop();
    analytics.track('Two');
    await Promise.resolve();

    expect(heard.mock.calls).toEqual([
      ['track', 'One', { n: 1 }, options],
      ['page', 'Shop', 'Kettles', {}, {}],
      ['identify', 'ada', { plan: 'pro' }, {}],
      ['group', 'herons', {}, {}],
      ['alias', 'grace', 'ada', {}],
      ['reset'],
    ]);
  });

  test('hears once what it wants to hear once', async () => {
    const { analytics } = createTested();
    const heard = vi.fn();
    analytics.once('track', heard);

    analytics.track('One');
    await Promise.resolve();
    analytics.track('Two');
    await Promise.resolve();

    expect(heard).toHaveBeenCalledOnce();
  });

  test('hears what the client does by its own names', () => {
    const { analytics } = createTested();
    const heard = vi.fn();
    analytics.on('captured', heard);

    analytics.track('One');

    expect(heard).toHaveBeenCalledOnce();
  });
});
