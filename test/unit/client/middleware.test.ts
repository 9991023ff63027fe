import { describe, expect, test } from 'vitest';
import type { Middleware, NumberedEvent } from '../../../src/client/types.ts';
import { createTestClient, type TestClient } from '../../helpers/test-client.ts';

/** The events that arrived, in their order. */
const arrived = ({ relay }: TestClient): readonly Record<string, unknown>[] =>
  relay.batches.flatMap(({ events }) => events);

const namesOf = (tested: TestClient): readonly unknown[] =>
  arrived(tested).map(({ event, type }) => event ?? type);

describe('middleware before an event has its number', () => {
  test('edits what is written, and not what the caller holds', async () => {
    const tested = createTestClient();
    const properties = { user: { mail: 'a@shop.test' }, tags: ['a'], at: new Date(0) };
    tested.client.use((event, next) => {
      const { user, tags } = event.properties as unknown as typeof properties;
      user.mail = '';
      tags.push('b');
      event.event = 'Renamed';
      next();
    });

    tested.client.track('One', properties);
    await tested.client.flush();

    expect(properties).toEqual({ user: { mail: 'a@shop.test' }, tags: ['a'], at: new Date(0) });
    expect(arrived(tested)).toMatchObject([
      {
        event: 'Renamed',
        properties: { user: { mail: '' }, tags: ['a', 'b'], at: '1970-01-01T00:00:00.000Z' },
      },
    ]);
  });

  test('hands on another event in its place, of the same type', async () => {
    const tested = createTestClient();
    tested.client.use((event, next) =>
      next({ ...event, type: 'error', event: 'Two', route: 'alarms', context: { till: 7 } }),
    );

    tested.client.track('One');
    await tested.client.flush();

    expect(arrived(tested)).toMatchObject([
      { type: 'track', event: 'Two', route: 'alarms', context: { till: 7 } },
    ]);
  });

  test('makes an event more urgent', async () => {
    const tested = createTestClient();
    tested.client.use((event, next) => next({ ...event, priority: 'high' }));

    tested.client.track('One', {}, { priority: 'low' });
    await tested.client.flush();

    // A segment's priority is kept beside its lines, and none of the record's.
    expect(arrived(tested)[0]).not.toHaveProperty('priority');
    expect((await tested.client.stats()).stored).toBe(1);
  });

  test.each<[string, Middleware]>([
    ['does not hand it on', ({ event }, next) => void (event === 'Secret' || next())],
    ['hands on nothing', (event, next) => next(event.event === 'Secret' ? null : event)],
    ['hands it on too late', ({ event }, next) => void (event === 'Secret' ? later(next) : next())],
  ])('leaves an event out where it %s, and the stream says so', async (_, middleware) => {
    const tested = createTestClient();
    tested.client.use(middleware);

    for (const name of ['One', 'Secret', 'Two', 'Secret', 'Secret']) tested.client.track(name);
    await tested.client.flush();
    await tested.clock.advance(1000);

    const { lane, ...stats } = await tested.client.stats();
    expect(tested.relay.stored).toEqual([`${lane}.1`, `${lane}.2`, `${lane}.6`]);
    expect(arrived(tested)).toMatchObject([
      { event: 'One' },
      { event: 'Two' },
      { type: 'drop', properties: { lane, ranges: [[3, 3]], reason: 'middleware' } },
    ]);
    expect(stats).toMatchObject({
      ...{ captured: 6, stored: 3, dropped: 3, droppedBy: { middleware: 3 } },
      queue: { events: 0 },
    });
    expect(tested.heardOf('error')).toEqual([]);
  });

  const later = (next: () => void): void => {
    setTimeout(next, 0);
  };

  test('runs in the order of the calls, and each time that it was put in', async () => {
    const tested = createTestClient();
    const add =
      (letter: string): Middleware =>
      (event, next) =>
        next({ ...event, event: `${event.event}${letter}` });
    const twice = add('b');
    tested.client.use(add('a'));
    const remove = tested.client.use(twice);
    tested.client.use(twice);
    const removeLast = tested.client.use(add('c'));

    tested.client.track('1');
    remove();
    remove();
    tested.client.track('2');
    removeLast();
    tested.client.track('3');
    await tested.client.flush();

    expect(namesOf(tested)).toEqual(['1abbc', '2abc', '3ab']);
  });

  test.each<[string, Middleware]>([
    [
      'throws half way',
      (event) => {
        event.event = 'Spoilt';
        (event.properties as Record<string, unknown>).n = 0;
        throw new Error('mine');
      },
    ],
    [
      'answers with a promise first',
      async (event, next) => {
        event.event = 'Spoilt';
        await Promise.resolve();
        next(event);
      },
    ],
    ['is none', 'not a function' as unknown as Middleware],
  ])('that %s lets the event go on as it was, and is told of', async (_, middleware) => {
    const tested = createTestClient();
    tested.client.use(middleware);
    tested.client.use((event, next) => next({ ...event, context: { passed: true } }));

    tested.client.track('One', { n: 1 });
    await tested.client.flush();

    expect(arrived(tested)).toMatchObject([
      { event: 'One', properties: { n: 1 }, context: { passed: true } },
    ]);
    expect(tested.heardOf('error').map(({ code }) => code)).toEqual(['middleware_failed']);
  });

  test.each<[string, Middleware, number]>([
    [
      'throws after it',
      (_, next) => {
        next();
        throw new Error('mine');
      },
      1,
    ],
    [
      'hands on twice',
      (event, next) => {
        next();
        next({ ...event, event: 'Again' });
      },
      0,
    ],
    [
      'goes on by itself',
      async (_, next) => {
        next();
        await Promise.resolve();
        next();
      },
      0,
    ],
    [
      'fails by itself later',
      async (_, next) => {
        next();
        await Promise.resolve();
        throw new Error('mine');
      },
      1,
    ],
  ])('that hands on and %s has handed on once', async (_, middleware, errors) => {
    const tested = createTestClient();
    tested.client.use(middleware);

    tested.client.track('One');
    await tested.client.flush();

    expect(namesOf(tested)).toEqual(['One']);
    expect(tested.heardOf('error').map(({ code }) => code)).toEqual(
      Array(errors).fill('middleware_failed'),
    );
  });

  test('mends what JSON does not take', async () => {
    const tested = createTestClient();
    const properties = { n: 1n, list: [1] };
    const remove = tested.client.use((event, next) => {
      const mended = event.properties as unknown as Record<string, unknown>;
      mended.n = String(mended.n);
      (mended.list as unknown[]).push(2);
      next();
    });

    tested.client.track('Mended', properties);
    remove();
    tested.client.use((_, next) => next());
    tested.client.track('Not mended', properties);
    await tested.client.flush();

    expect(properties).toEqual({ n: 1n, list: [1] });
    expect(arrived(tested)).toMatchObject([
      { event: 'Mended', properties: { n: '1', list: [1, 2] } },
      { type: 'drop', properties: { reason: 'not_serialisable' } },
    ]);
  });

  test('sees every type, and none of the declarations', async () => {
    const tested = createTestClient();
    const { client } = tested;
    const types: string[] = [];
    client.use(({ type, event }, next) => {
      types.push(type);
      if (event !== 'Secret') next();
    });

    client.track('Secret');
    client.page();
    client.identify('user-42');
    client.group('group-7');
    client.alias('user-43');
    client.metric('Heat', 7);
    client.log('warn', 'paper is low');
    await client.flush();

    expect(types).toEqual(['track', 'page', 'identify', 'group', 'alias', 'metric', 'log']);
    expect(namesOf(tested).at(-1)).toBe('drop');
  });

  test('that keeps back an identify does not keep the user back', async () => {
    const tested = createTestClient();
    tested.client.use(({ type }, next) => void (type === 'identify' || next()));

    tested.client.identify('user-42');
    tested.client.track('One');
    await tested.client.flush();

    expect(JSON.parse(tested.relay.batches[0]?.segments[0]?.context ?? '')).toMatchObject({
      userId: 'user-42',
    });
  });

  test('is not asked where the user has denied, or the client is closed', async () => {
    const { client } = createTestClient({ consent: 'denied' });
    let asked = 0;
    client.use((_, next) => {
      asked++;
      next();
    });

    client.track('Denied');
    await client.consent('granted');
    await client.close();
    client.track('Closed');

    expect(asked).toBe(0);
  });
});

describe('middleware that captures events itself', () => {
  test('does not get them, and all others do', async () => {
    const tested = createTestClient();
    const { client } = tested;
    const redact: Middleware = (event, next) => next({ ...event, properties: { redacted: true } });
    client.use(redact);
    client.use(({ event }, next) => {
      client.track(`Of ${event}`, { mail: 'a@shop.test' });
      next();
    });
    client.use(({ event }, next) => {
      client.track(`Mirror of ${event}`);
      next();
    });

    client.track('One');
    await client.flush();

    expect(namesOf(tested)).toEqual([
      ...['Mirror of Of One', 'Of One'],
      ...['Of Mirror of One', 'Mirror of One', 'One'],
    ]);
    expect(arrived(tested).every(({ properties }) => Object(properties).redacted)).toBe(true);
  });

  test('does not get them after they have their number either', async () => {
    const tested = createTestClient();
    const { client } = tested;
    const remove = client.use((event, next) => {
      client.track(`After ${event.event}`);
      next();
    }, 'after');

    client.track('One');
    client.track('Two');
    remove();
    client.track('Three');
    await client.flush();

    expect(namesOf(tested)).toEqual(['One', 'After One', 'Two', 'After Two', 'Three']);
  });
});

describe('middleware after an event has its number', () => {
  test('sees the event as it is written, with the number that it has on the stream', async () => {
    const tested = createTestClient();
    const seen: NumberedEvent[] = [];
    tested.client.use((event, next) => next({ ...event, event: 'Renamed' }));
    tested.client.use((event, next) => {
      seen.push(event);
      next();
    }, 'after');

    tested.client.track('One', { n: 1 });
    tested.client.track('Two');
    await tested.client.flush();

    const { lane } = await tested.client.stats();
    expect(seen).toMatchObject([
      { type: 'track', event: 'Renamed', properties: { n: 1 }, lane, seq: 1 },
      { type: 'track', event: 'Renamed', lane, seq: 2 },
    ]);
    expect(seen.map(({ messageId }) => messageId)).toEqual(tested.relay.stored);
  });

  test('sees none that is left out', async () => {
    const tested = createTestClient({ maxEventsPerSecond: 1 });
    const seen: unknown[] = [];
    tested.client.use(({ event }, next) => void (event === 'Secret' || next()));
    tested.client.use(({ event }) => seen.push(event), 'after');

    tested.client.track('Secret');
    tested.client.track('Not JSON', { n: 1n });
    tested.client.track('Too large', { text: 'x'.repeat(300_000) });
    for (let n = 0; n < 100; n++) tested.client.track('Often');
    await tested.client.flush();

    const { captured, stored, dropped, droppedBy } = await tested.client.stats();
    expect(droppedBy).toMatchObject({ middleware: 1, not_serialisable: 1, too_large: 1 });
    expect(droppedBy.rate_limited).toBeGreaterThan(0);
    expect(new Set(seen)).toEqual(new Set(['Often']));
    expect(seen).toHaveLength(103 - dropped);
    expect(stored + dropped).toBe(captured);
  });

  test('holds up no event, whatever it does, and only those behind it', async () => {
    const tested = createTestClient();
    const seen: string[] = [];
    const note =
      (name: string, isPassing: boolean): Middleware<NumberedEvent> =>
      (event, next) => {
        seen.push(`${name} ${event.event}`);
        if (event.event === 'Thrown') throw new Error('mine');
        if (isPassing) next();
      };
    tested.client.use(note('first', true), 'after');
    tested.client.use(note('second', false), 'after');
    tested.client.use(note('third', true), 'after');

    tested.client.track('One');
    tested.client.track('Thrown');
    await tested.client.flush();

    expect(seen).toEqual([
      'first One',
      'second One',
      'first Thrown',
      'second Thrown',
      'third Thrown',
    ]);
    expect(namesOf(tested)).toEqual(['One', 'Thrown']);
    expect(tested.heardOf('error')).toHaveLength(3);
  });
});
