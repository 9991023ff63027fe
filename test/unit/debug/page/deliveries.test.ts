import { describe, expect, it } from 'vitest';
import { createDeliveries } from '../../../../src/debug/page/deliveries.ts';
import type { Receipt } from '../../../../src/protocol/receipt.ts';
import { createScriptedClient } from '../../../helpers/scripted-client.ts';

const LANE = 'k3f9aL0qXw';
const NOW = 1_763_673_600_000;

function listening() {
  const client = createScriptedClient(LANE);
  const clock = { at: NOW };
  const deliveries = createDeliveries(() => clock.at);
  const stop = deliveries.listen(client);
  return {
    ...{ client, clock, deliveries, stop },
    log: (first: number, count: number) =>
      client.tell('logged', { lane: LANE, first, count, at: clock.at }),
    send: (first: number, count: number, attempt = 1) =>
      client.tell('sending', {
        ranges: [{ lane: LANE, first, count }],
        ...{ bytes: count * 100, wireBytes: count * 40, attempt, at: clock.at },
      }),
    receive: (first: number, count: number, status: Receipt['status'] = 'stored') =>
      client.tell('receipt', { receipt: receiptOf(first, count, status), at: clock.at }),
  };
}

function receiptOf(first: number, count: number, status: Receipt['status']): Receipt {
  const run = { lane: LANE, first, count };
  if (status === 'retry') return { ...run, status, after: 500 };
  if (status === 'rejected') return { ...run, status, code: 'too_deep', reason: 'too deep' };
  return { ...run, status, shard: 'shardId-000000000004', sequence: '4959' };
}

describe('the request under way', () => {
  it('is known from the moment it leaves to its first receipt', () => {
    const { deliveries, send, receive } = listening();
    expect(deliveries.sending()).toBeUndefined();

    send(1, 5);
    expect(deliveries.sending()).toMatchObject({ attempt: 1, wireBytes: 200 });

    receive(1, 5);
    expect(deliveries.sending()).toBeUndefined();
  });

  it('is over where a pause follows it', () => {
    const { client, deliveries, send } = listening();
    send(1, 5);

    client.tell('paused', { reason: 'unreachable' });

    expect(deliveries.sending()).toBeUndefined();
  });

  it('tells how many before it failed', () => {
    const { client, deliveries, send, receive } = listening();
    expect(deliveries.failedTries()).toBe(0);

    send(1, 5);
    expect(deliveries.failedTries()).toBe(0);
    client.tell('paused', { reason: 'unreachable' });
    expect(deliveries.failedTries()).toBe(1);
    send(1, 5, 2);
    client.tell('paused', { reason: 'unreachable' });
    expect(deliveries.failedTries()).toBe(2);

    send(1, 5, 3);
    receive(1, 5);
    expect(deliveries.failedTries()).toBe(0);
  });
});

describe('receipts', () => {
  it('say how long they took, and at which try', () => {
    const { clock, deliveries, send, receive } = listening();
    send(1, 5, 2);
    clock.at += 212;

    receive(1, 3);
    receive(4, 2, 'rejected');

    expect(deliveries.receipts()).toMatchObject([
      { receipt: { first: 4, status: 'rejected' }, tookMs: 212, attempt: 2 },
      { receipt: { first: 1, status: 'stored' }, tookMs: 212, attempt: 2, at: NOW + 212 },
    ]);
  });

  it('of a request that left before anybody listened took nobody knows how long', () => {
    const { deliveries, send, receive } = listening();
    send(10, 5);

    receive(1, 5);

    expect(deliveries.receipts()[0]).toMatchObject({ tookMs: undefined, attempt: undefined });
  });

  it.each([
    [49, 49],
    [50, 50],
    [51, 50],
  ])('of %d, the last %d stay', (count, kept) => {
    const { deliveries, receive } = listening();

    for (let first = 1; first <= count; first++) receive(first, 1);

    expect(deliveries.receipts()).toHaveLength(kept);
    expect(deliveries.receipts()[0]?.receipt.first).toBe(count);
  });
});

describe('runs that wait', () => {
  const runsOf = ({ deliveries }: ReturnType<typeof listening>) =>
    deliveries.waiting().map(({ first, count }) => [first, count]);

  it('are what was logged and neither stored, rejected nor dropped', () => {
    const world = listening();
    world.log(1, 10);
    world.log(11, 5);

    world.receive(1, 3);
    world.receive(6, 2, 'rejected');
    world.client.tell('dropped', { lane: LANE, first: 14, count: 9, reason: 'queue_full' });

    expect(runsOf(world)).toEqual([
      [4, 2],
      [8, 3],
      [11, 3],
    ]);
  });

  it('stay where the relay wants them again, or where they are another lane’s', () => {
    const world = listening();
    world.log(1, 10);

    world.receive(1, 10, 'retry');
    world.client.tell('dropped', { lane: 'p0aaQe81Zr', first: 1, count: 10, reason: 'too_old' });

    expect(runsOf(world)).toEqual([[1, 10]]);
  });

  it('are the newest thousand', () => {
    const world = listening();

    for (let first = 1; first <= 1_001; first++) world.log(first, 1);

    expect(runsOf(world)).toHaveLength(1_000);
    expect(runsOf(world)[0]).toEqual([2, 1]);
  });
});

describe('an outage', () => {
  it('lasts from the first pause to the first event that the relay takes, whatever is tried between', () => {
    const { client, clock, deliveries, receive } = listening();
    client.tell('paused', { reason: 'offline' });
    clock.at += 4_000;
    client.tell('paused', { reason: 'unreachable', until: clock.at + 1_000 });
    clock.at += 1_000;
    client.tell('resumed', { at: clock.at });
    expect(deliveries.outage()).toEqual({
      ...{ reason: 'offline', since: NOW, triedAt: NOW + 5_000, endedAt: undefined },
    });
    client.tell('paused', { reason: 'unreachable', until: clock.at + 2_000 });
    expect(deliveries.outage()).toMatchObject({ triedAt: undefined });
    clock.at += 2_000;
    client.tell('resumed', { at: clock.at });
    clock.at += 100;

    receive(1, 1);

    expect(deliveries.outage()).toMatchObject({ since: NOW, endedAt: NOW + 7_100 });
    clock.at += 100;
    receive(2, 1);
    expect(deliveries.outage()).toMatchObject({ endedAt: NOW + 7_100 });
  });

  it('is explained by a browser that is offline, though requests failed before it said so', () => {
    const { client, clock, deliveries } = listening();
    client.tell('paused', { reason: 'unreachable' });
    clock.at += 50;

    client.tell('paused', { reason: 'offline' });

    expect(deliveries.outage()).toMatchObject({ reason: 'offline', since: NOW });
  });

  it('does not end with an event that the stream wants again', () => {
    const { client, deliveries, receive } = listening();
    client.tell('paused', { reason: 'backoff' });
    client.tell('resumed', { at: NOW });

    receive(1, 1, 'retry');

    expect(deliveries.outage()).toMatchObject({ endedAt: undefined });
  });

  it('does not end with an answer that was on its way when it began', () => {
    const { client, clock, deliveries, receive } = listening();
    client.tell('paused', { reason: 'offline' });

    receive(1, 1);
    clock.at += 5_000;
    client.tell('paused', { reason: 'unreachable', until: clock.at + 1_000 });

    expect(deliveries.outage()).toMatchObject({
      reason: 'offline',
      since: NOW,
      endedAt: undefined,
    });
  });

  it('that follows another is one of its own', () => {
    const { client, clock, deliveries, receive } = listening();
    client.tell('paused', { reason: 'offline' });
    client.tell('resumed', { at: NOW });
    receive(1, 1);
    clock.at += 9_000;

    client.tell('paused', { reason: 'backoff' });

    expect(deliveries.outage()).toMatchObject({ reason: 'backoff', since: NOW + 9_000 });
  });

  it.each(['follower', 'consent'] as const)('is none where somebody decided: %s', (reason) => {
    const { client, deliveries } = listening();
    client.tell('paused', { reason: 'offline' });

    client.tell('paused', { reason });

    expect(deliveries.outage()).toBeUndefined();
  });
});

it('stops listening', () => {
  const { client, stop } = listening();
  expect(client.listeners()).toBeGreaterThan(0);

  stop();

  expect(client.listeners()).toBe(0);
});
