import { describe, expect, it } from 'vitest';
import { createJourneyLog } from '../../../src/debug/detail/journey.ts';
import { legsOf } from '../../../src/debug/detail/legs.ts';
import { createScriptedClient } from '../../helpers/scripted-client.ts';
import { recordOf } from '../../helpers/scripted-consumer.ts';

const LANE = 'k3f9aL0qXw';
const NOW = 1_763_673_600_000;

function ownEvent() {
  const client = createScriptedClient(LANE);
  const journeys = createJourneyLog();
  const stop = journeys.listen(client);
  const range = { lane: LANE, first: 40, count: 3 };
  client.tell('captured', { lane: LANE, seq: 41, type: 'track', at: NOW });
  client.tell('logged', { ...range, at: NOW + 3 });
  client.tell('sending', {
    ranges: [range],
    bytes: 900,
    wireBytes: 400,
    attempt: 1,
    at: NOW + 200,
  });
  client.tell('sending', {
    ranges: [range],
    bytes: 900,
    wireBytes: 400,
    attempt: 2,
    at: NOW + 500,
  });
  const receipt = {
    ...range,
    status: 'stored',
    shard: 'shardId-000000000000',
    sequence: '1',
  } as const;
  client.tell('receipt', { receipt, at: NOW + 700 });
  return { client, journeys, stop };
}

describe('the journey of an event', () => {
  it('of this page names every stop that the client told, the last try of sending', () => {
    const { journeys } = ownEvent();
    const record = { ...recordOf(LANE, 41), arrivedAt: NOW + 650, readAt: NOW + 1_200 };

    const legs = legsOf(record, journeys.of(LANE, 41), NOW + 1_300);

    const known = legs
      .filter((leg) => !leg.approximate)
      .map(({ station, at }) => [station, at - NOW]);
    expect(known).toEqual([
      ['captured', 0],
      ['logged', 3],
      ['sent', 500],
      ['receipt', 700],
      ['read', 1_200],
      ['shown', 1_300],
    ]);
    expect(legs.find((leg) => leg.station === 'sent')?.note).toBe('try 2');
  });

  it('marks what other clocks tell', () => {
    const { journeys } = ownEvent();
    const record = { ...recordOf(LANE, 41), arrivedAt: NOW + 650 };

    const legs = legsOf(record, journeys.of(LANE, 41), undefined);

    expect(legs.filter((leg) => leg.approximate).map(({ station }) => station)).toEqual([
      'relay',
      'arrived',
    ]);
  });

  it('of another page is made of what its record carries', () => {
    const record = recordOf('p0aaQe81Zr', 7, {}, { readAt: NOW });

    const legs = legsOf(record, undefined, undefined);

    expect(legs.map(({ station, tookMs }) => [station, tookMs])).toEqual([
      ['captured', 0],
      ['sent', 400],
      ['relay', 40],
      ['arrived', 40],
      ['read', 420],
    ]);
    expect(legs.slice(0, 4).every((leg) => leg.approximate)).toBe(true);
  });

  it('has the times of other clocks as this page’s, as far as the client knows the offset', () => {
    const offsetMs = -400;
    const record = recordOf('p0aaQe81Zr', 7, {}, { readAt: NOW });

    const legs = legsOf(record, undefined, NOW + 90, offsetMs);

    expect(legs.map(({ station, at }) => [station, at - NOW])).toEqual([
      ['captured', -500],
      ['sent', -100],
      ['relay', -60],
      ['arrived', -20],
      ['read', 0],
      ['shown', 90],
    ]);
    expect(legs.find(({ station }) => station === 'relay')?.note).toBe(
      'relay’s clock ≈ offset −400 ms',
    );
  });

  it('says in its receipt where the event is', () => {
    const { journeys } = ownEvent();

    const legs = legsOf(recordOf(LANE, 41), journeys.of(LANE, 41), undefined);

    expect(legs.find(({ station }) => station === 'receipt')?.note).toBe('shard 0 · …1');
  });

  it('says nothing about events that nobody told of', () => {
    const { journeys } = ownEvent();

    expect(journeys.of(LANE, 99)).toBeUndefined();
    expect(journeys.of('another1', 41)).toBeUndefined();
  });

  it('stops listening', () => {
    const { client, stop } = ownEvent();

    stop();

    expect(client.listeners()).toBe(0);
  });
});
