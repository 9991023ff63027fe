import 'fake-indexeddb/auto';
import { describe, expect, it, vi } from 'vitest';
import { createDeliveries } from '../../../../src/debug/page/deliveries.ts';
import { createPageWatch } from '../../../../src/debug/page/page-watch.ts';
import { queuedSegments } from '../../../../src/debug/page/queue-facts.ts';
import type { Runtime } from '../../../../src/runtime.ts';
import { segmentOf } from '../../../conformance/segment-log.ts';
import { createScriptedClient } from '../../../helpers/scripted-client.ts';
import { openTestLog } from '../../../helpers/test-log.ts';

const LANE = 'k3f9aL0qXw';
let databases = 0;

function world(navigator?: Runtime['navigator']) {
  const databaseName = `watched-${++databases}`;
  const client = createScriptedClient(LANE);
  client.setStats({ databaseName });
  const clock = { at: 0 };
  const onChange = vi.fn();
  const runtime = {
    ...{ indexedDB, navigator, locks: undefined },
    monotonic: () => clock.at,
    random: () => 0.5,
  } as Runtime;
  const watch = createPageWatch({ runtime, onChange });
  return {
    ...{ client, clock, onChange, watch },
    log: openTestLog({ databaseName }).log,
    /** Looks, and waits for what is seen. */
    look: async () => {
      const before = onChange.mock.calls.length;
      watch.refresh(client, await client.stats());
      await vi.waitFor(() => expect(onChange.mock.calls.length).toBe(before + 1));
      return watch.facts();
    },
  };
}

describe('a look at the page’s log', () => {
  it('sees the segments, what the browser says of the storage, and what was rejected, newest first', async () => {
    const rejected = [1, 2].map((seq) => ({
      ...({ lane: LANE, seq, code: 'too_deep', reason: '', at: seq } as const),
    }));
    const storage = {
      persisted: async () => true,
      estimate: async () => ({ usage: 5, quota: 100 }),
    };
    const { client, log, look } = world({ storage });
    Object.assign(client, { rejected: async () => rejected });
    await log.append([segmentOf(LANE, 1, 3)]);

    expect(await look()).toMatchObject({
      log: { segments: [{ first: 1, count: 3 }], isAll: true },
      ...{ isPersisted: true, estimate: { usage: 5, quota: 100 }, tabs: undefined },
      rejected: [{ seq: 2 }, { seq: 1 }],
    });
    log.close();
  });

  it('is taken twice a second at most', async () => {
    const { client, clock, onChange, watch, look, log } = world();
    await look();

    clock.at = 499;
    watch.refresh(client, await client.stats());
    await log.append([segmentOf(LANE, 1, 1)]);
    expect(onChange).toHaveBeenCalledTimes(1);

    clock.at = 500;
    expect((await look()).log?.segments).toHaveLength(1);
    log.close();
  });

  it('says why the log cannot be read, and goes on with the rest', async () => {
    const { log, look } = world({ storage: { persisted: async () => false } });
    await log.stats();
    const spy = vi.spyOn(IDBObjectStore.prototype, 'getAll').mockImplementation(() => {
      throw new DOMException('disk', 'UnknownError');
    });

    const { logProblem, isPersisted } = await look();
    spy.mockRestore();

    expect(logProblem).toMatch(/^Expected to read database "watched-\d+", got .*disk/);
    expect(isPersisted).toBe(false);
    log.close();
  });

  it('of the client before is not shown as that of the next', async () => {
    const { client, clock, onChange, watch, look, log } = world();
    await log.append([segmentOf(LANE, 1, 1)]);
    await look();
    clock.at = 1_000;
    watch.refresh(client, await client.stats());
    watch.reset();
    expect(watch.facts()).toEqual({ rejected: [] });

    await look();

    // The look that was under way has ended by now, and was not heard.
    expect(onChange).toHaveBeenCalledTimes(2);
    log.close();
  });
});

describe('the segments that wait', () => {
  it('are the log’s, and those under way are marked', async () => {
    const { client, log, look } = world();
    await log.append([segmentOf(LANE, 1, 3), segmentOf(LANE, 4, 3), segmentOf('p0aaQe81Zr', 2, 1)]);
    const page = await look();
    const deliveries = createDeliveries(() => 0);
    deliveries.listen(client);
    const ranges = [{ lane: LANE, first: 1, count: 4 }];
    client.tell('sending', { ranges, bytes: 9, wireBytes: 9, attempt: 1, at: 0 });
    const facts = {
      client,
      stats: await client.stats(),
      deliveries,
      page,
      hues: new Map(),
      now: 0,
    };

    const { segments, more } = queuedSegments(facts);

    expect(segments.map(({ isSending }) => isSending)).toEqual([true, true, false]);
    expect(more).toBe(0);
    log.close();
  });

  it('are told of by their number where there are too many', async () => {
    const { client, log, look } = world();
    await log.append(Array.from({ length: 120 }, (_, index) => segmentOf(LANE, index + 1, 1)));
    client.setStats({ queue: { segments: 120, events: 120, bytes: 9, inMemory: 0 } });
    const stats = await client.stats();
    const page = await look();
    const facts = {
      client,
      stats,
      deliveries: createDeliveries(() => 0),
      page,
      hues: new Map(),
      now: 0,
    };

    expect(queuedSegments(facts)).toMatchObject({ more: 20 });
    log.close();
  });

  it('are the runs that the client told of where the log is in memory', async () => {
    const { client } = world();
    client.setStats({ log: 'memory' });
    const deliveries = createDeliveries(() => 0);
    deliveries.listen(client);
    client.tell('logged', { lane: LANE, first: 7, count: 2, at: 40 });
    const page = { rejected: [] };
    const facts = {
      client,
      stats: await client.stats(),
      deliveries,
      page,
      hues: new Map(),
      now: 0,
    };

    expect(queuedSegments(facts).segments).toEqual([
      { lane: LANE, first: 7, count: 2, at: 40, isSending: false },
    ]);
  });
});
