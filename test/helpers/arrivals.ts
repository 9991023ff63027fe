import type { StreamTail, TailedEvent } from './stream-tail.ts';

/** What came of the events of one name. */
export interface Arrivals {
  /** Copies of events that had arrived before. */
  readonly duplicates: number;
  /** Distinct events. */
  readonly distinct: number;
  /** Lanes whose events did not first arrive in the order of their numbers, 1 or more to the last. */
  readonly disordered: readonly string[];
  /** `properties.n` of the distinct events, sorted. */
  readonly numbers: readonly number[];
}

/** Reads the stream to its end and accounts for the events of one name, copies apart. */
export async function readArrivals(tail: StreamTail, name: string): Promise<Arrivals> {
  const all = (await tail.readToEnd()).filter(({ event }) => event.event === name);
  const firsts = new Map<string, TailedEvent>();
  for (const arrived of all) {
    const { messageId } = arrived.event;
    if (!firsts.has(messageId)) firsts.set(messageId, arrived);
  }
  const lastOfLane = new Map<string, number>();
  const disordered = new Set<string>();
  for (const { event } of firsts.values()) {
    const { lane, seq } = event.rivulet;
    if (seq <= (lastOfLane.get(lane) ?? 0)) disordered.add(lane);
    lastOfLane.set(lane, seq);
  }
  return {
    duplicates: all.length - firsts.size,
    distinct: firsts.size,
    disordered: [...disordered],
    numbers: [...firsts.values()]
      .map(({ event }) => Number(event.properties?.n))
      .sort((a, b) => a - b),
  };
}

/** 1, 2, … , count: each `times` times. */
export function numbersTo(count: number, times = 1): number[] {
  return Array.from({ length: count * times }, (_, index) => Math.floor(index / times) + 1);
}
