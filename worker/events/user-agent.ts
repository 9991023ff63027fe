/** What a `User-Agent` says, in the words of Segment's context. */

import Bowser from 'bowser';
import { isbot } from 'isbot';
import type { Properties } from '../../src/protocol/event.ts';
import { createBoundedMap } from '../bounded-map.ts';

/** Longer ones are no browser's, and to look for patterns in them costs somebody else's time. */
const MAX_LENGTH = 512;

/** Most visitors of a site have one of a few hundred. */
const MAX_REMEMBERED = 500;

export interface UserAgent {
  /** `device`, `os` and `browser`, as far as they are known. */
  readonly facts: Properties;
  readonly isBot: boolean;
}

const remembered = createBoundedMap<UserAgent>(MAX_REMEMBERED);

/** Remembers what it read: bowser tries some two hundred patterns. */
export function readUserAgent(header: string | null): UserAgent {
  const text = (header ?? '').slice(0, MAX_LENGTH);
  const known = remembered.get(text);
  if (known) return known;
  const read = { facts: factsOf(text), isBot: isbot(text) };
  remembered.set(text, read);
  return read;
}

function factsOf(text: string): Properties {
  // bowser takes no empty text.
  if (text === '') return {};
  const { browser, os, platform } = Bowser.parse(text);
  const facts = {
    device: { type: platform.type, manufacturer: platform.vendor, model: platform.model },
    os: { name: os.name, version: os.version },
    browser: { name: browser.name, version: browser.version },
  };
  // What bowser does not know is an empty text or nothing.
  const entries = Object.entries(facts).map(([name, fields]) => [
    name,
    Object.fromEntries(Object.entries(fields).filter(([, value]) => value)),
  ]);
  return Object.fromEntries(
    entries.filter(([, fields]) => Object.keys(fields as object).length > 0),
  );
}
