const NEWLINE = 10;

/** Where the line after the one at `start` begins. The last line ends as if a newline followed it. */
export function nextLine(body: Uint8Array, start: number): number {
  const end = body.indexOf(NEWLINE, start);
  return (end < 0 ? body.length : end) + 1;
}

/** `count` lines from line `from` on, without a last newline, as bytes of their own. */
export function sliceLines(
  body: Uint8Array<ArrayBuffer>,
  from: number,
  count: number,
): Uint8Array<ArrayBuffer> {
  // A copy: the database clones the whole buffer under a view, the settled lines included.
  return body.slice(startOf(body, from), startOf(body, from + count) - 1);
}

function startOf(body: Uint8Array, line: number): number {
  let start = 0;
  for (let before = 0; before < line; before++) start = nextLine(body, start);
  return start;
}
