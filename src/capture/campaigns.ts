import { attempt } from '../runtime.ts';
import { whenShown } from './address.ts';
import { isSameSite, type Origin, originOf } from './referrers.ts';
import type { CaptureHost, CaptureSource } from './types.ts';

export interface CampaignOptions {
  /**
   * Whether the ids that advertisers add to a link are captured: the usual ones, or those named. They may name a person.
   * Without it, they only tell where the visitor has come from.
   * @default false
   */
  readonly clickIds?: boolean | readonly string[];
  /**
   * More hosts of the same site, subdomains included: who comes from there has not come from elsewhere.
   * @default []: the page's own host, what it is a subdomain of, and its subdomains
   */
  readonly ownHosts?: readonly string[];
  /**
   * Names the source and the medium of a referrer, where it knows better.
   * @default search engines are `organic`, social networks `social`, all others `referral`
   */
  readonly classify?: (referrer: URL) => Origin | undefined;
}

/** What has brought a visitor here. */
interface Touch extends Partial<Origin> {
  readonly name?: string;
  readonly term?: string;
  readonly content?: string;
  readonly id?: string;
  readonly clickIds?: Readonly<Record<string, string>> | undefined;
  /** ISO 8601. */
  readonly at: string;
}

interface Touches {
  readonly first?: Touch;
  readonly last?: Touch;
}

const MEMORY = 'touches';
const MAX_LENGTH = 200;
/** The parameters of a campaign, `utm_` aside. The first is the `name` in the Segment spec. */
const UTM = ['campaign', 'source', 'medium', 'term', 'content', 'id'];
/** Whose click it is that an id is of. */
const CLICK_IDS: Readonly<Record<string, string>> = {
  ...{ gclid: 'google', gbraid: 'google', wbraid: 'google', dclid: 'google', msclkid: 'bing' },
  ...{ fbclid: 'facebook', ttclid: 'tiktok', twclid: 'twitter', li_fat_id: 'linkedin' },
};

/**
 * Describes where the visitor has come from, in the context of every event: `campaign` while the address has its parameters,
 * and the `firstTouch` and the `lastTouch` of the visitor, which are kept where the client id is. A visitor who comes by
 * the address alone is `direct`, and touches nothing that was there before. Never sends another parameter, nor a click id
 * that is not asked for.
 */
export function campaigns(options: CampaignOptions = {}): CaptureSource {
  return { name: 'campaigns', start: (host) => describeOrigin(host, options) };
}

function describeOrigin(host: CaptureHost, options: CampaignOptions): () => void {
  const stopping = new AbortController();
  let stopWaiting: () => void = () => {};

  function describe({ campaign, touch, isWeak }: Arrival): void {
    const known = host.mayStore() ? (host.remember(MEMORY) as Touches | undefined) : undefined;
    const isNews = touch && !(isWeak && known?.last);
    const last = isNews ? touch : known?.last;
    const first = known?.first ?? last;
    if (isNews && host.mayStore()) host.remember(MEMORY, { first, last });
    // Of a visitor who is not kept nobody knows what came first.
    host.describe({ campaign, lastTouch: last, firstTouch: host.mayStore() ? first : undefined });
  }

  whenShown(host.window, stopping.signal, () => {
    const arrival = readArrival(host, options);
    describe(arrival);
    if (host.mayStore()) return;
    // The user may agree later, and be one that is known from before.
    stopWaiting = host.on('captured', () => {
      if (!host.mayStore()) return;
      stopWaiting();
      describe(arrival);
    });
  });

  return () => {
    stopping.abort();
    stopWaiting();
    host.describe({ campaign: undefined, firstTouch: undefined, lastTouch: undefined });
  };
}

interface Arrival {
  /** What the address says of itself. */
  readonly campaign: Omit<Touch, 'at'> | undefined;
  /** Absent where the visitor was on another page of the site. */
  readonly touch: Touch | undefined;
  /** It counts for a visitor of whom nothing is known: by the address alone, or where the page is only loaded again. */
  readonly isWeak: boolean;
}

function readArrival(
  { window, runtime }: CaptureHost,
  { clickIds: wanted = false, ownHosts = [], classify }: CampaignOptions,
): Arrival {
  const { document, location, performance } = window;
  const { searchParams } = new URL(location.href);
  function read(names: readonly string[], prefix = ''): Record<string, string> | undefined {
    const found: Record<string, string> = {};
    for (const name of names) {
      const value = searchParams.get(prefix + name)?.slice(0, MAX_LENGTH);
      if (value) found[name === UTM[0] ? 'name' : name] = value;
    }
    return Object.keys(found).length > 0 ? found : undefined;
  }

  const known = Object.keys(CLICK_IDS);
  const clicker = CLICK_IDS[known.find((name) => searchParams.has(name)) ?? ''];
  const clickIds = read(wanted === true ? known : wanted || []);
  const utm = read(UTM, 'utm_');
  const campaign = utm || clickIds ? { ...utm, clickIds } : undefined;

  const referrer = attempt(() => new URL(document.referrer));
  const isInside =
    referrer &&
    [location.hostname, ...ownHosts].some((host) => isSameSite(referrer.hostname, host));
  const [entry] = performance.getEntriesByType('navigation');
  // A page that is loaded again has the address and the referrer that it had.
  const isAgain = /reload|back/.test(
    (entry as PerformanceNavigationTiming | undefined)?.type ?? '',
  );
  const outside = isInside ? undefined : referrer;
  const origin: Origin = clicker
    ? // A post of a friend has one too.
      { source: clicker, medium: clicker === 'facebook' ? 'social' : 'cpc' }
    : outside
      ? (attempt(() => classify?.(outside)) ?? originOf(outside))
      : { medium: 'direct' };
  const at = new window.Date(runtime.now()).toISOString();
  const isDirect = !campaign && origin.medium === 'direct';
  return {
    campaign,
    touch: isInside && isDirect ? undefined : { ...(!utm?.source && origin), ...campaign, at },
    isWeak: isAgain || isDirect,
  };
}
