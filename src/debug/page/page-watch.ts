/** What nobody tells about this page's way out: it is looked at now and then, while somebody sees it. */

import type { Client, ClientStats, RejectedEvent } from '../../client/types.ts';
import { inspectLog, type LogHead } from '../../queue/inspect-log.ts';
import type { Runtime } from '../../runtime.ts';
import { createOriginTabs, type OriginTab } from './tabs-of-origin.ts';

export interface PageFacts {
  /** Absent where there is no such database. */
  readonly log?: LogHead | undefined;
  /** Why the log could not be read. */
  readonly logProblem?: string | undefined;
  readonly tabs?: readonly OriginTab[] | undefined;
  readonly isPersisted?: boolean | undefined;
  readonly estimate?: StorageEstimate | undefined;
  /** Newest first. */
  readonly rejected: readonly RejectedEvent[];
}

export interface PageWatch {
  readonly facts: () => PageFacts;
  /** Looks again, unless it just did. */
  readonly refresh: (client: Client, stats: ClientStats) => void;
  /** What was seen is of another client. */
  readonly reset: () => void;
}

export interface PageWatchOptions {
  readonly runtime: Runtime;
  readonly onChange: () => void;
}

/** The queue moves; but what the client writes waits while it is read. */
const INTERVAL_MS = 500;
/** At most a fifth of the time is spent looking. */
const REST_FACTOR = 4;
/** An answer that takes longer may never come: WebKit has left openings unanswered (bugs.webkit.org/show_bug.cgi?id=226547). */
const PATIENCE_MS = 10_000;
/** Another tab may have kept some, or another page load: this one's own are told. */
const REJECTED_INTERVAL_MS = 5_000;

export function createPageWatch({ runtime, onChange }: PageWatchOptions): PageWatch {
  const { indexedDB, navigator, monotonic } = runtime;
  const tabs = createOriginTabs(runtime);
  let facts: PageFacts = { rejected: [] };
  let dueAt = Number.NEGATIVE_INFINITY;
  let rejectedDueAt = Number.NEGATIVE_INFINITY;
  let rejectedCount = 0;
  let asked = 0;

  const readLog = async (databaseName: string): Promise<Pick<PageFacts, 'log' | 'logProblem'>> => {
    try {
      return { log: indexedDB && (await inspectLog(indexedDB, databaseName)) };
    } catch (error) {
      return { logProblem: `Expected to read database "${databaseName}", got ${error}.` };
    }
  };
  const readRejected = async (client: Client, count: number): Promise<PageFacts['rejected']> => {
    if (count === rejectedCount && monotonic() < rejectedDueAt) return facts.rejected;
    rejectedDueAt = monotonic() + REJECTED_INTERVAL_MS;
    rejectedCount = count;
    return [...(await client.rejected())].reverse();
  };
  const look = async (client: Client, stats: ClientStats): Promise<PageFacts> => {
    const { databaseName } = stats;
    const [log, list, isPersisted, estimate, rejected] = await Promise.all([
      readLog(databaseName),
      tabs.list(databaseName).catch(nothing),
      navigator?.storage?.persisted?.().catch(nothing),
      navigator?.storage?.estimate?.().catch(nothing),
      readRejected(client, stats.rejected),
    ]);
    return { ...log, tabs: list, isPersisted, estimate, rejected };
  };

  return {
    facts: () => facts,
    refresh: (client, stats) => {
      const startedAt = monotonic();
      if (startedAt < dueAt) return;
      dueAt = startedAt + PATIENCE_MS;
      const turn = ++asked;
      look(client, stats).then((seen) => {
        if (turn !== asked) return;
        const endedAt = monotonic();
        dueAt = endedAt + Math.max(INTERVAL_MS, REST_FACTOR * (endedAt - startedAt));
        facts = seen;
        onChange();
      });
    },
    reset: () => {
      asked++;
      dueAt = rejectedDueAt = Number.NEGATIVE_INFINITY;
      facts = { rejected: [] };
    },
  };
}

/** The browser does not tell. */
function nothing(): undefined {
  return undefined;
}
