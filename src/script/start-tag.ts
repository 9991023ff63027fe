import { createClient } from '../client/client.ts';
import { createScrub, DEFAULT_ALLOWED_QUERY } from '../client/scrub.ts';
import type { Client, ClientOptions } from '../client/types.ts';
import { isRivuletError, RivuletError } from '../errors.ts';
import { atMidnight, onCampaign } from '../identity/session-rules.ts';
import { attempt } from '../runtime.ts';
import { createAnalytics } from '../segment/analytics.ts';
import type { Analytics } from '../segment/types.ts';
import { type Call, createCaller, takeKept } from './calls.ts';
import { readTag, type SourceFactory } from './tag.ts';

/** What the client is called where its tag has no `data-global`. */
const FIRST = 'rivulet';

/** The client with Segment's calls, which take all that its own take; and a queue's call, which never ends. */
export interface RivuletGlobal extends Omit<Client, keyof Analytics>, Analytics {
  readonly push: (...calls: Call[]) => void;
  /** Of the tag that made it. */
  readonly writeKey: string;
}

function report(error: unknown): void {
  console.error('rivulet:', isRivuletError(error) ? error.code : '', error);
}

function start(page: Record<string, unknown>, sources: readonly SourceFactory[]): void {
  // A module has no `currentScript`, and tag managers lose attributes: then it is what carries ours.
  const tag = [document.currentScript, document.querySelector('[data-write-key]')].find(
    (element) => (element as HTMLElement | null)?.dataset.writeKey,
  );
  const dataset = (tag as HTMLElement | undefined)?.dataset ?? {};
  const { global: name = FIRST, writeKey = '' } = dataset;
  const given = page[name] as Call[] | RivuletGlobal | undefined;
  if (given && 'writeKey' in given) {
    // A second tag of the same source finds the first one's client.
    if (given.writeKey === writeKey) return;
    throw new RivuletError(
      'invalid_option',
      `data-global: expected another name than ${name}, which is the client of "${given.writeKey}", got none`,
    );
  }
  const options: ClientOptions = {
    // Two sources of an origin have a queue each.
    databaseName: name,
    ...readTag(dataset, {
      sources,
      sessionRules: { midnight: atMidnight, campaign: onCampaign },
    }),
  };
  const client = createClient(options);
  const { call, catchUp } = createCaller(client.use, report);
  // What a source offers beside its start, such as `captureError`.
  const own = (options.capture ?? []).flatMap((source) => Object.entries(source));
  const target: RivuletGlobal = {
    ...Object.fromEntries(own.filter(([, value]) => typeof value === 'function')),
    ...client,
    ...createAnalytics(client),
    writeKey,
    push: (...calls) => call(target, calls),
  };
  page[name] = target;

  // The snippet queues for the first name.
  if (name === FIRST && !options.cookieless) {
    const scrub = createScrub(options.allowedQuery ?? DEFAULT_ALLOWED_QUERY, undefined);
    for (const [url, calls] of takeKept(attempt(() => localStorage))) {
      const path = attempt(() => new URL(url).pathname);
      call(target, calls, { page: { url: scrub(url), path } });
    }
  }
  if (Array.isArray(given)) {
    call(target, given.splice(0));
    // Whoever took the queue for the client calls on.
    given.push = target.push as never;
  }
  catchUp();
}

/** Makes the client of the tag that runs, which can name these sources. What is wrong is said in the console. */
export function startTag(sources: readonly SourceFactory[]): void {
  try {
    start(globalThis as never, sources);
  } catch (error) {
    report(error);
  }
}
