import { describe, expect, test } from 'vitest';
import { type CampaignOptions, campaigns } from '../../../src/capture/campaigns.ts';
import { isSameSite, originOf } from '../../../src/capture/referrers.ts';
import { createTestHost } from '../../helpers/capture-host.ts';
import { createTestPage } from '../../helpers/test-page.ts';

const DAY = 86_400_000;
const AT = '2026-11-20T00:00:00.000Z';

interface Landing extends CampaignOptions {
  readonly url?: string;
  readonly referrer?: string;
  /** How the page came to be loaded. */
  readonly by?: string;
  readonly mayStore?: boolean;
  /** The same visitor's page before. */
  readonly after?: ReturnType<typeof land>;
}

function land({
  url = 'https://shop.test/',
  referrer = '',
  by = 'navigate',
  mayStore = true,
  after,
  ...options
}: Landing = {}) {
  const page = createTestPage(url);
  Object.defineProperty(page.window.document, 'referrer', { value: referrer });
  Object.defineProperty(page.window, 'performance', {
    value: { getEntriesByType: () => [{ type: by }] },
  });
  const host = createTestHost(page.window, {
    mayStore,
    ...(after && { clock: after.host.clock }),
  });
  if (after) host.remember('touches', after.host.remember('touches'));
  const stop = campaigns(options).start(host);
  return { page, host, stop, context: () => host.described };
}

describe('campaigns', () => {
  test('are described with the parameters of the address, as the Segment spec calls them', () => {
    const { context } = land({
      url: 'https://shop.test/?utm_source=mail&utm_medium=email&utm_campaign=May&utm_term=boots&utm_content=top&utm_id=7&utm_email=ada@x&token=secret',
    });

    const campaign = {
      ...{ name: 'May', source: 'mail', medium: 'email', term: 'boots', content: 'top', id: '7' },
    };
    expect(context()).toEqual({
      campaign,
      firstTouch: { ...campaign, at: AT },
      lastTouch: { ...campaign, at: AT },
    });
  });

  test('are cut at 200 characters', () => {
    const { context } = land({ url: `https://shop.test/?utm_source=${'x'.repeat(300)}` });

    expect(context().campaign).toEqual({ source: 'x'.repeat(200) });
  });

  test.each([
    ['gclid', 'google', 'cpc'],
    ['wbraid', 'google', 'cpc'],
    ['msclkid', 'bing', 'cpc'],
    ['li_fat_id', 'linkedin', 'cpc'],
    ['fbclid', 'facebook', 'social'],
  ])('tell by %s of a click at %s, and keep the id to themselves', (id, source, medium) => {
    const { host, context } = land({ url: `https://shop.test/?${id}=Cj0KCQ` });

    expect(context()).toEqual({
      firstTouch: { source, medium, at: AT },
      lastTouch: { source, medium, at: AT },
    });
    expect(JSON.stringify(host.memory)).not.toContain('Cj0KCQ');
  });

  test.each([
    [true, { gclid: 'a', ttclid: 'b' }],
    [['partner_id'], { partner_id: 'c' }],
  ])('have the ids that %o asks for', (clickIds, ids) => {
    const { context } = land({
      clickIds,
      url: 'https://shop.test/?gclid=a&ttclid=b&partner_id=c',
    });

    expect(context()).toMatchObject({
      campaign: { clickIds: ids },
      lastTouch: { source: 'google', medium: 'cpc', clickIds: ids },
    });
  });
});

describe('the first and the last touch', () => {
  test('are kept with the visitor, from campaign to campaign', async () => {
    const first = land({ url: 'https://shop.test/?utm_source=mail' });
    await first.host.clock.advance(DAY);
    const second = land({ referrer: 'https://www.google.com/', after: first });
    await first.host.clock.advance(DAY);
    const third = land({ after: second });

    expect(second.context()).toEqual({
      firstTouch: { source: 'mail', at: AT },
      lastTouch: { source: 'google', medium: 'organic', at: '2026-11-21T00:00:00.000Z' },
    });
    expect(third.context()).toEqual(second.context());
  });

  test('are direct for who comes by the address alone, and was never here', () => {
    const { context } = land();

    expect(context()).toEqual({
      firstTouch: { medium: 'direct', at: AT },
      lastTouch: { medium: 'direct', at: AT },
    });
  });

  test.each([
    ['https://shop.test/boots', 'reload'],
    ['https://shop.test/?utm_source=mail', 'reload'],
    ['https://shop.test/?utm_source=mail', 'back_forward'],
  ])('are not %s by %s', async (url, by) => {
    const first = land({ referrer: 'https://news.example/' });
    await first.host.clock.advance(DAY);
    const again = land({ url, by, referrer: 'https://www.bing.com/', after: first });

    expect(again.context()).toMatchObject(first.context());
  });

  test('are those of a page that is loaded again where nothing is known, as after a banner of consent', () => {
    const { context } = land({ url: 'https://shop.test/?utm_source=mail', by: 'reload' });

    expect(context()).toMatchObject({ firstTouch: { source: 'mail' } });
  });

  test.each([
    ['https://shop.test/boots'],
    ['https://www.shop.test/'],
    ['https://account.shop.test/'],
    ['https://pay.example/'],
    ['https://checkout.pay.example/'],
  ])('are not %s, which is the site itself', (referrer) => {
    const first = land({ url: 'https://shop.test/?utm_source=mail' });
    const next = land({ referrer, ownHosts: ['pay.example'], after: first });

    expect(next.context()).toEqual({
      firstTouch: { source: 'mail', at: AT },
      lastTouch: { source: 'mail', at: AT },
    });
  });

  test('are named as the application names a referrer, and as ever where that fails', () => {
    const named = land({
      referrer: 'https://chat.example/',
      classify: ({ hostname }) => ({ source: hostname, medium: 'assistant' }),
    });
    const failing = land({
      referrer: 'https://chat.example/',
      classify: () => {
        throw new Error('no');
      },
    });

    expect(named.context().lastTouch).toMatchObject({ medium: 'assistant' });
    expect(failing.context().lastTouch).toMatchObject({ medium: 'referral' });
  });

  test('are kept nowhere while nothing may be stored, and first when the user agrees', () => {
    const known = land({ url: 'https://shop.test/?utm_source=mail' });
    let mayStore = false;
    const page = createTestPage('https://shop.test/?utm_source=ad');
    const host = { ...createTestHost(page.window), mayStore: () => mayStore };
    let described: object = {};
    campaigns().start({
      ...host,
      describe: (facts) => {
        described = { ...described, ...facts };
      },
    });
    expect(described).toMatchObject({ campaign: { source: 'ad' }, lastTouch: { source: 'ad' } });
    expect(described).toMatchObject({ firstTouch: undefined });
    expect(host.memory).toEqual({});

    mayStore = true;
    // What was kept before the user was asked again.
    host.remember('touches', known.host.remember('touches'));
    for (let n = 0; n < 2; n++) {
      host.tell('captured', { lane: 'lane', seq: 1, type: 'track' });
    }

    expect(described).toMatchObject({
      firstTouch: { source: 'mail' },
      lastTouch: { source: 'ad' },
    });
    expect(host.memory.touches).toMatchObject({ last: { source: 'ad' } });
    expect(host.attached()).toBe(0);
  });

  test('wait for a page that is rendered ahead to be shown', () => {
    const page = createTestPage('https://shop.test/?utm_source=mail');
    Object.defineProperty(page.window.document, 'prerendering', { value: true });
    const host = createTestHost(page.window);
    campaigns().start(host);
    expect(host.memory).toEqual({});
    page.fire('document', 'prerenderingchange');

    expect(host.memory).not.toEqual({});
  });

  test('are described no more when the source has stopped', () => {
    const { host, stop, context } = land({ url: 'https://shop.test/?utm_source=mail' });
    stop();

    expect(context()).toEqual({});
    expect(host.attached()).toBe(0);
  });
});

describe('a referrer', () => {
  test.each([
    ['https://www.google.com/', 'google', 'organic'],
    ['https://google.co.uk/', 'google', 'organic'],
    ['https://uk.search.yahoo.com/search', 'yahoo', 'organic'],
    ['https://m.baidu.com/', 'baidu', 'organic'],
    ['https://duckduckgo.com/', 'duckduckgo', 'organic'],
    ['https://search.brave.com/', 'brave', 'organic'],
    ['https://mail.google.com/', 'mail.google.com', 'referral'],
    ['https://notgoogle.com/', 'notgoogle.com', 'referral'],
    ['https://l.facebook.com/', 'facebook', 'social'],
    ['https://www.linkedin.com/', 'linkedin', 'social'],
    ['https://www.t.co/', 't.co', 'social'],
    ['https://t.co/', 't.co', 'social'],
    ['https://notx.com/', 'notx.com', 'referral'],
    ['https://news.example/boots', 'news.example', 'referral'],
    ['android-app://com.example.reader/', 'com.example.reader', 'referral'],
  ])('%s is of %s, %s', (referrer, source, medium) => {
    expect(originOf(new URL(referrer))).toEqual({ source, medium });
  });

  test.each([
    ['shop.test', 'shop.test', true],
    ['www.shop.test', 'account.shop.test', true],
    ['shop.test', 'workshop.test', false],
    ['a.co.uk', 'b.co.uk', false],
  ])('%s and %s are one site: %s', (one, other, isSame) => {
    expect([isSameSite(one, other), isSameSite(other, one)]).toEqual([isSame, isSame]);
  });
});
