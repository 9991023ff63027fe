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
  const readPage = page && createPageReader(page, scrub);

  function write(described?: Properties): string {
    const { clientId, userId, groupId, sessionId, timezone } = identity.current();
    return JSON.stringify({
      anonymousId: clientId,
      userId,
      groupId,
      sessionId,
      ...readPage?.(),
      ...described,
      timezone,
      library: { name: SDK_NAME, version: SDK_VERSION },
      clockOffset: clockOffset(),
    });
  }

  function read(): string {
    const json = write(described());
    if (!isLongerThan(json, MAX_CONTEXT_BYTES)) return json;
    const { length } = joinBytes(json);
    // The relay would refuse every event of the segment.
    fail('capture_failed', `context: expected at most ${MAX_CONTEXT_BYTES} bytes, got ${length}`);
    return write();
  }

  // Of all that tells the page apart this is the cheapest to ask for: `location.href` costs ten times as much.
  return { key: () => page?.document.URL, read };
}

/** Such as `Europe/Paris`. The first `Intl` of a page takes longer than all the rest of the client's start. */
export function readTimezone(): string {
  const { Temporal } = globalThis as { Temporal?: { Now: { timeZoneId: () => string } } };
  return Temporal?.Now.timeZoneId() ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Takes an address apart when it is another one: that costs more than all the rest of a context. */
function createPageReader(
  { document, screen, navigator }: Window,
  scrub: ContextSetting['scrub'],
): () => Properties {
  const clip = (text: string | undefined): string => (text ?? '').slice(0, MAX_TEXT_LENGTH);
  let address: string | undefined;
  let place: Properties;

  return () => {
    if (address !== document.URL) {
      address = document.URL;
      const url = clip(scrub(address));
      place = {
        url,
        path: url.replace(/^[^:]*:(\/\/[^/]*)?|[?#].*/g, ''),
        search: url.replace(/#.*|^[^?#]*/g, ''),
        referrer: clip(document.referrer && scrub(document.referrer)),
      };
    }
    return {
      page: { ...place, title: document.title.slice(0, MAX_TITLE_LENGTH) },
      screen: { width: screen.width, height: screen.height },
      locale: navigator.language,
    };
  };
}
