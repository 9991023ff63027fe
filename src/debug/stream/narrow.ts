/** Reading only a part of the stream, and all of it again. */

import type { HashKeyRange } from '../../protocol/partition-key.ts';
import type { ViewHost } from '../types.ts';

/** A reading that the page has opened, and a file, are what they are. */
export function canReopen(host: ViewHost): boolean {
  return host.session().replayed === undefined && host.settings().source?.consumer === undefined;
}

/** Begins where the reading began before; without hash keys with all shards. */
export function readOnly(host: ViewHost, hashKeys?: HashKeyRange): void {
  host.reopen({ from: host.start(), hashKeys });
}
