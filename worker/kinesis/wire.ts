/** Between the JSON of Kinesis and the SDK's types: times are seconds there and dates here, bytes are base64 there. */

export type Wire = Record<string, unknown>;

const TIMES = new Set(['Timestamp', 'StreamCreationTimestamp']);

/** A call's fields as the SDK's commands take them. No reading operation takes bytes. */
export function fromWire(fields: Wire): Wire {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      if (TIMES.has(name) && typeof value === 'number') return [name, new Date(value * 1000)];
      if (name === 'ShardFilter') return [name, fromWire(Object(value))];
      return [name, value];
    }),
  );
}

/** The SDK's output as JSON carries it. */
export function toWire(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (value instanceof Uint8Array) {
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
  }
  if (Array.isArray(value)) return value.map(toWire);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, toWire(field)]));
}
