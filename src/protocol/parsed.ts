/**
 * The result of reading untrusted input. The wire's own rooms are pure, so a refusal is data and not an exception:
 * whoever reads decides whether it becomes an answer, a receipt or a row.
 */
export type Parsed<T, Code extends string = string> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: Code; readonly reason: string };

export function accepted<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

export function refused<Code extends string>(
  code: Code,
  reason: string,
): { readonly ok: false; readonly code: Code; readonly reason: string } {
  return { ok: false, code, reason };
}

/** Whether a parsed JSON value is an object with keys: neither null nor an array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
