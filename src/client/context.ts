import { isLongerThan, joinBytes } from '../protocol/bytes.ts';
import type { Properties } from '../protocol/event.ts';
import { MAX_CONTEXT_BYTES } from '../protocol/limits.ts';
import type { Runtime } from '../runtime.ts';
import type { Emitter } from './emitter.ts';
import type { Identity } from './identity.ts';
import { SDK_NAME, SDK_VERSION } from './sdk.ts';

/** Five such texts, and what JSON makes of them, stay well inside the bound of a context. */
const MAX_TEXT_LENGTH = 2000;
const MAX_TITLE_LENGTH = 500;

export interface ContextReader {
  /** Changes when the page does. */
  readonly key: () => unknown;
  /** The JSON of a segment's context, as of now. */
  readonly read: () => string;
}

export interface ContextSetting extends Pick<Emitter, 'fail'> {
  readonly runtime: Pick<Runtime, 'page'>;
  readonly identity: Pick<Identity, 'current'>;
  readonly scrub: (address: string) => string | undefined;
  /** What sources tell of the page or the device. */
  readonly described: () => Properties;
  /** Of the lane's clock, as far as it is known. */
  readonly clockOffset: () => number | undefined;
}

export function createContextReader({
  runtime: { page },
  identity,
  scrub,
  described,
  clockOffset,
  fail,
}: ContextSetting): ContextReader {
  const locate = createLocator(scrub);
  const refer = createLocator(scrub);

  function write(described?: Properties): string {
    const { clientId, userId, groupId, sessionId, timezone } = identity.current();
    return JSON.stringify({
      anonymousId: clientId,
      userId,
      groupId,
      sessionId,
      ...(page && describePage(page)),
      ...described,
      timezone,
      library: { name: SDK_NAME, version: SDK_VERSION },
      clockOffset: clockOffset(),
    });
  }

  function read(): string {
    const json = write(described());
    if (!isLongerThan(json, MAX_CONTEXT_BYTES)) return json;
    // The relay would refuse every event of the segment.
    const { length } = joinBytes(json);
    fail('capture_failed', `context: expected at most ${MAX_CONTEXT_BYTES} bytes, got ${length}`);
    return write();
  }

  function describePage({ document, screen, navigator }: Window): Properties {
    return {
      page: {
        ...locate(document.URL),
        title: document.title.slice(0, MAX_TITLE_LENGTH),
        referrer: refer(document.referrer).url,
      },
      screen: { width: screen.width, height: screen.height },
      locale: navigator.language,
    };
  }

  // Of all that tells the page apart this is the cheapest to ask for: `location.href` costs ten times as much.
  return { key: () => page?.document.URL, read };
}

/** Such as `Europe/Paris`. The first `Intl` of a page takes longer than all the rest of the client's start. */
export function readTimezone(): string {
  const { Temporal } = globalThis as { Temporal?: { Now: { timeZoneId: () => string } } };
  return Temporal?.Now.timeZoneId() ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

interface Place {
  readonly url: string;
  readonly path: string;
  readonly search: string;
}

/** Takes an address apart once: that costs more than all the rest of a context. */
function createLocator(scrub: ContextSetting['scrub']): (address: string) => Place {
  let last = '';
  let place: Place = { url: '', path: '', search: '' };

  return (address) => {
    if (address !== last) {
      const url = (scrub(address) ?? '').slice(0, MAX_TEXT_LENGTH);
      last = address;
      place = {
        url,
        path: url.replace(/^[^:]*:(\/\/[^/]*)?|[?#].*/g, ''),
        search: url.replace(/#.*|^[^?#]*/g, ''),
      };
    }
    return place;
  };
}
