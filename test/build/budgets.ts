/** What each import may cost, minified and compressed with brotli, in bytes. The README quotes these numbers. */

export interface Budget {
  readonly name: string;
  /** A program as a user writes it. */
  readonly program: string;
  readonly brotliBytes: number;
  /** Packages that the application brings itself, and that are not counted. */
  readonly external?: readonly string[];
}

const sdk = ['@aws-sdk/client-kinesis', '@smithy/fetch-http-handler'];

export const budgets: readonly Budget[] = [
  {
    name: 'createClient',
    program: `import { createClient } from 'rivulet';
      createClient({ endpoint: 'https://events.example.com', writeKey: 'shop' }).track('Started');`,
    brotliBytes: 16_950,
  },
  {
    // By both APIs of the history, and the wait for the title.
    name: 'capture: pageViews',
    program: `import { pageViews } from 'rivulet/capture'; globalThis.source = pageViews();`,
    brotliBytes: 980,
  },
  {
    // The same ways from address to address, two clocks and how far the page was seen.
    name: 'capture: pageLeave',
    program: `import { pageLeave } from 'rivulet/capture'; globalThis.source = pageLeave();`,
    brotliBytes: 1_190,
  },
  {
    // A third are the names of search engines, networks and click ids.
    name: 'capture: campaigns',
    program: `import { campaigns } from 'rivulet/capture'; globalThis.source = campaigns();`,
    brotliBytes: 1_200,
  },
  {
    name: 'capture: tabId',
    program: `import { tabId } from 'rivulet/capture'; globalThis.source = tabId();`,
    brotliBytes: 500,
  },
  {
    name: 'capture: siteSearch',
    program: `import { siteSearch } from 'rivulet/capture'; globalThis.source = siteSearch();`,
    brotliBytes: 700,
  },
  {
    // Half of it is what sources say of an element, and the lists of what can be pressed and of files.
    name: 'capture: clicks',
    program: `import { clicks } from 'rivulet/capture'; globalThis.source = clicks();`,
    brotliBytes: 950,
  },
  {
    name: 'capture: rageClicks',
    program: `import { rageClicks } from 'rivulet/capture'; globalThis.source = rageClicks();`,
    brotliBytes: 720,
  },
  {
    // Knows some twenty ways in which a page answers, so that it calls no click dead that was answered.
    name: 'capture: deadClicks',
    program: `import { deadClicks } from 'rivulet/capture'; globalThis.source = deadClicks();`,
    brotliBytes: 1_150,
  },
  {
    // Three events, and forms of applications, which never submit, or refuse what was submitted.
    name: 'capture: forms',
    program: `import { forms } from 'rivulet/capture'; globalThis.source = forms();`,
    brotliBytes: 1_300,
  },
  {
    name: 'capture: visibility',
    program: `import { visibility } from 'rivulet/capture'; globalThis.source = visibility();`,
    brotliBytes: 800,
  },
  {
    name: 'capture: copyAndPrint',
    program: `import { copyAndPrint } from 'rivulet/capture'; globalThis.source = copyAndPrint();`,
    brotliBytes: 420,
  },
  {
    // Tells equal errors apart and counts them, and takes the queries out of stacks.
    name: 'capture: errors',
    program: `import { errors } from 'rivulet/capture'; globalThis.source = errors();`,
    brotliBytes: 1_050,
  },
  {
    // With the same.
    name: 'capture: reports',
    program: `import { reports } from 'rivulet/capture'; globalThis.source = reports();`,
    brotliBytes: 850,
  },
  {
    // With the script that an interaction waited for. The library is 4.6 kB more.
    name: 'capture: webVitals',
    program: `import { webVitals } from 'rivulet/capture'; globalThis.source = webVitals();`,
    brotliBytes: 900,
    external: ['web-vitals/attribution'],
  },
  {
    name: 'capture: longFrames',
    program: `import { longFrames } from 'rivulet/capture'; globalThis.source = longFrames();`,
    brotliBytes: 800,
  },
  {
    name: 'capture: resources',
    program: `import { resources } from 'rivulet/capture'; globalThis.source = resources();`,
    brotliBytes: 750,
  },
  {
    // Two APIs of the page, each of which goes on as it was.
    name: 'capture: network',
    program: `import { network } from 'rivulet/capture'; globalThis.source = network();`,
    brotliBytes: 950,
  },
  {
    // With the names and properties of the Segment spec.
    name: 'capture: media',
    program: `import { media } from 'rivulet/capture'; globalThis.source = media();`,
    brotliBytes: 900,
  },
  {
    // With the histogram whose buckets merge. `sensors` has the same.
    name: 'capture: metrics',
    program: `import { metrics } from 'rivulet/capture'; globalThis.source = metrics();`,
    brotliBytes: 1_450,
  },
  {
    name: 'capture: heartbeat',
    program: `import { heartbeat } from 'rivulet/capture'; globalThis.source = heartbeat();`,
    brotliBytes: 620,
  },
  {
    name: 'capture: battery',
    program: `import { battery } from 'rivulet/capture'; globalThis.source = battery();`,
    brotliBytes: 750,
  },
  {
    name: 'capture: connection',
    program: `import { connection } from 'rivulet/capture'; globalThis.source = connection();`,
    brotliBytes: 720,
  },
  {
    name: 'capture: memory',
    program: `import { memory } from 'rivulet/capture'; globalThis.source = memory();`,
    brotliBytes: 650,
  },
  {
    name: 'capture: storage',
    program: `import { storage } from 'rivulet/capture'; globalThis.source = storage();`,
    brotliBytes: 620,
  },
  {
    // With the permission, and how far the device has moved.
    name: 'capture: position',
    program: `import { position } from 'rivulet/capture'; globalThis.source = position();`,
    brotliBytes: 1_080,
  },
  {
    name: 'capture: sensors',
    program: `import { sensors } from 'rivulet/capture'; globalThis.source = sensors();`,
    brotliBytes: 1_980,
  },
  {
    name: 'aesGcm',
    program: `import { aesGcm } from 'rivulet/encryption'; globalThis.cipher = aesGcm();`,
    brotliBytes: 1_800,
  },
  {
    name: 'createAnalytics',
    program: `import { createAnalytics } from 'rivulet/segment'; globalThis.create = createAnalytics;`,
    brotliBytes: 950,
  },
  {
    name: 'identity: cookies',
    program: `import { cookies } from 'rivulet/identity'; globalThis.storage = cookies();`,
    brotliBytes: 650,
  },
  {
    name: 'identity: rules of sessions',
    program: `import { atMidnight, onCampaign } from 'rivulet/identity';
      globalThis.rules = [atMidnight(), onCampaign()];`,
    brotliBytes: 250,
  },
  {
    name: 'backgroundSync',
    program: `import { backgroundSync } from 'rivulet/service-worker'; globalThis.source = backgroundSync();`,
    brotliBytes: 500,
  },
  {
    // In a worker of its own: the whole client, and 0.2 kB.
    name: 'deliverInBackground',
    program: `import { deliverInBackground } from 'rivulet/service-worker';
      deliverInBackground({ endpoint: 'https://events.example.com', writeKey: 'shop' });`,
    brotliBytes: 17_150,
  },
  {
    // A fifth is `run`, a seventh takes records apart, and the rest reads and resumes any shard at any place.
    name: 'createConsumer',
    program: `import { createConsumer } from 'rivulet/consumer'; globalThis.create = createConsumer;`,
    brotliBytes: 9_500,
    external: sdk,
  },
  {
    // Every version of the lease's life, who has too much, and IndexedDB.
    name: 'leases and indexedDbStore',
    program: `import { indexedDbStore, leases } from 'rivulet/consumer'; globalThis.checkpoint = leases(indexedDbStore({ name: 'a' }));`,
    brotliBytes: 4_800,
    external: sdk,
  },
  {
    // A third is what bounds its memory, and a fifth reads what an earlier one has kept.
    name: 'createLedger',
    program: `import { createLedger } from 'rivulet/consumer'; globalThis.ledger = createLedger();`,
    brotliBytes: 4_800,
    external: sdk,
  },
  {
    name: 'withoutDuplicates',
    program: `import { withoutDuplicates } from 'rivulet/consumer'; globalThis.filter = withoutDuplicates();`,
    brotliBytes: 2_350,
    external: sdk,
  },
  {
    // Every measure; with one of them it is about 3.4 kB.
    name: 'createWindows',
    program: `import { count, createWindows, distinct, percentiles, rate, sum, topK } from 'rivulet/consumer'; globalThis.parts = [count, createWindows, distinct, percentiles, rate, sum, topK];`,
    brotliBytes: 5_450,
    external: sdk,
  },
  {
    name: 'dynamoDbStore',
    program: `import { dynamoDbStore } from 'rivulet/dynamodb'; globalThis.store = dynamoDbStore;`,
    brotliBytes: 2_650,
    external: ['@aws-sdk/client-dynamodb'],
  },
  {
    name: 'handleKinesis',
    program: `import { handleKinesis } from 'rivulet/lambda'; globalThis.handle = handleKinesis;`,
    brotliBytes: 4_150,
    external: sdk,
  },
  {
    name: 'createErasureHandler',
    program: `import { createErasureHandler } from 'rivulet/erasure'; globalThis.create = createErasureHandler;`,
    brotliBytes: 4_150,
    external: sdk,
  },
  {
    // Everything that it loads when it is asked for, SQLite aside. The consumer and the ledger are a seventh of it.
    name: '<rivulet-debug>',
    program: `import 'rivulet/debug';`,
    brotliBytes: 103_500,
    external: sdk,
  },
];

/** The script tag's file: the client, Segment's calls, and every capture source with its library. */
export const SCRIPT_TAG_BROTLI_BYTES = 36_000;
/** The one with the six sources that most sites want. */
export const SMALL_SCRIPT_TAG_BROTLI_BYTES = 23_600;

/** The snippet before it, as it stands in a page: not compressed. */
export const LOADER_BYTES = 400;

/** The relay as it is uploaded, minified, gzip: a figure of the platform, which counts gzip. */
export const RELAY_GZIP_BYTES = 102_400;

/**
 * The debug view of `rivulet-debug.js`, gzip: the closed bubble, the view as it opens on a desk, and with all that it loads
 * when it is asked for, SQL aside.
 */
export const DEBUG_GZIP_BYTES = { bubble: 12_000, open: 96_000, whole: 132_000 } as const;
