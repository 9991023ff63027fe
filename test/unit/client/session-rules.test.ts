import { describe, expect, test } from 'vitest';
import { atMidnight, onCampaign } from '../../../src/identity/index.ts';
import { createTestClient, type TestClient } from '../../helpers/test-client.ts';
import { createTestPage, type TestPage } from '../../helpers/test-page.ts';

const MINUTE = 60_000;

/** The session of each event that arrived at the relay, as a letter: the first is `a`. */
function sessionsOf({ relay }: TestClient): string {
  const known: unknown[] = [];
  return relay.batches
    .flatMap(({ segments }) =>
      segments.flatMap(({ context, lines }) => lines.map(() => JSON.parse(context).sessionId)),
    )
    .map((session) => {
      if (!known.includes(session)) known.push(session);
      return String.fromCharCode(97 + known.indexOf(session));
    })
    .join('');
}

/** One event, in a segment of its own, that has arrived. */
async function capture({ client, clock }: TestClient): Promise<void> {
  client.track('One');
  await client.flush();
  await clock.advance(100);
}

describe('a session that ends by idling', () => {
  test.each([
    [1000, 990, true],
    [1000, 1100, false],
    [MINUTE, 59_000, true],
    [24 * 60 * MINUTE, 23 * 60 * MINUTE, true],
    [Number.POSITIVE_INFINITY, 365 * 24 * 60 * MINUTE, true],
  ])('after %i ms, with an event after %i ms is the same: %s', async (idleMs, afterMs, isSame) => {
    const tested = createTestClient({ sessionIdleMs: idleMs });

    await capture(tested);
    await tested.clock.advance(afterMs - 100);
    await capture(tested);

    expect(sessionsOf(tested)).toBe(isSame ? 'aa' : 'ab');
  });

  test('after a second goes on as long as there is an event more often', async () => {
    const tested = createTestClient({ sessionIdleMs: 1000 });

    for (let n = 0; n < 6; n++) {
      await capture(tested);
      await tested.clock.advance(600);
    }

    expect(sessionsOf(tested)).toBe('aaaaaa');
  });

  test('is the same in two tabs, and each keeps it from ending for the other', async () => {
    const one = createTestClient();
    const other = createTestClient({ sharing: one, seed: 2 });

    for (const tab of [one, other, one, other]) {
      await one.clock.advance(20 * MINUTE);
      await capture(tab);
    }

    expect(sessionsOf(one)).toBe('aaaa');
  });
});

describe('a session that ends at midnight', () => {
  const beforeMidnight = async (tested: TestClient): Promise<void> =>
    tested.clock.set(new Date(2026, 10, 20, 23, 55).getTime());

  test('does so by the clock on the wall, once for all tabs', async () => {
    const one = createTestClient({ sessionRules: [atMidnight()] });
    const other = createTestClient({ sharing: one, seed: 2, sessionRules: [atMidnight()] });
    await beforeMidnight(one);

    await capture(one);
    await capture(other);
    await one.clock.advance(6 * MINUTE);
    await capture(one);
    await capture(other);
    await capture(one);

    expect(sessionsOf(one)).toBe('aabbb');
  });

  test('does not where nobody asks for it', async () => {
    const tested = createTestClient();
    await beforeMidnight(tested);

    await capture(tested);
    await tested.clock.advance(6 * MINUTE);
    await capture(tested);

    expect(sessionsOf(tested)).toBe('aa');
  });
});

describe('a session that ends with a campaign', () => {
  const shop = (search: string): TestPage => createTestPage(`https://shop.test/${search}`);

  /** A page load of the same browser. */
  function load(search: string, sharing?: TestClient, more = {}): TestClient {
    return createTestClient({
      ...(sharing && { sharing }),
      seed: ++loads,
      sessionRules: [onCampaign()],
      runtime: { page: shop(search).window },
      ...more,
    });
  }
  let loads = 0;

  test.each([
    ['another one', ['', '?utm_source=a', '?utm_source=b'], 'abc'],
    ['the same one', ['?utm_source=a', '?utm_source=a', '?utm_source=a&q=1'], 'aaa'],
    ['none between', ['?utm_source=a', '', '?utm_source=a'], 'aaa'],
    ['none after it', ['?utm_source=a', '', ''], 'aaa'],
    ['one after none', ['', '', '?utm_source=a'], 'aab'],
  ])('looks at what each page brings: %s', async (_, pages, sessions) => {
    let first: TestClient | undefined;
    for (const search of pages) {
      const tested = load(search, first);
      first ??= tested;
      await capture(tested);
      await tested.client.close();
    }

    expect(first && sessionsOf(first)).toBe(sessions);
  });

  test('is not taken to and fro by two tabs that came by two campaigns', async () => {
    const one = load('?utm_source=a');
    await capture(one);
    const other = load('?utm_source=b', one);

    for (const tab of [other, one, other, one]) await capture(tab);

    expect(sessionsOf(one)).toBe('abbbb');
  });

  test('looks at what a navigation within the page brings', async () => {
    const page = shop('');
    const tested = load('', undefined, { runtime: { page: page.window } });

    for (const search of ['', '?utm_source=a', '/b', '/b?utm_source=b']) {
      page.window.history.pushState({}, '', `https://shop.test/${search}`);
      await capture(tested);
    }

    expect(sessionsOf(tested)).toBe('abbc');
  });

  test('is heard of while the user has not agreed yet', async () => {
    const first = load('?utm_source=a');
    await capture(first);
    await first.client.close();
    const second = load('?utm_source=b', first, { consent: 'pending' });
    second.client.track('One');
    await second.clock.advance(100);
    await second.client.consent('granted');
    await capture(second);
    const third = load('', first, { consent: 'pending' });
    third.client.track('One');
    await third.clock.advance(100);
    await third.client.consent('granted');
    await capture(third);

    // What was captured before the visitor of before was at hand is of a session of its own.
    expect(sessionsOf(first)).toBe('abcdc');
  });

  test('goes on where the rule is new to a visitor', async () => {
    const first = createTestClient();
    await capture(first);
    await first.client.close();

    await capture(load('?utm_source=a', first));
    await capture(load('?utm_source=b', first));

    expect(sessionsOf(first)).toBe('aab');
  });
});

describe('a rule', () => {
  test.each<[string, () => unknown]>([
    [
      'that throws',
      () => {
        throw new Error('mine');
      },
    ],
    ['that says nothing', () => undefined],
    ['that says what is no text', () => Symbol('rule')],
  ])('%s ends no session', async (_, rule) => {
    const tested = createTestClient({ sessionRules: [rule as () => string, atMidnight()] });

    await capture(tested);
    await capture(tested);

    expect(sessionsOf(tested)).toBe('aa');
    expect(tested.heardOf('error')).toEqual([]);
  });

  test('that is taken out ends no session', async () => {
    const first = createTestClient({ sessionRules: [() => 'a', () => 'b'] });
    await capture(first);
    await first.client.close();
    const second = createTestClient({ sharing: first, seed: 2, sessionRules: [() => 'a'] });

    await capture(second);

    expect(sessionsOf(first)).toBe('aa');
  });

  test('hears its own last word, and nobody else’s', async () => {
    const heard: unknown[] = [];
    const words = ['', 'a', '', 'b'];
    const tested = createTestClient({
      sessionRules: [
        () => 'other',
        ({ last }) => {
          heard.push(last);
          return words.shift() ?? '';
        },
      ],
    });

    for (let n = 0; n < 4; n++) {
      await tested.clock.advance(2 * MINUTE);
      await capture(tested);
    }

    expect([...new Set(heard)]).toEqual([undefined, '', 'a', 'b']);
  });
});
