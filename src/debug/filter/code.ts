/** What is known of the code of `fn:` terms on this page. */

/**
 * Code runs when somebody has looked at it and pressed Run, and never because a filter says so: a filter may have come with a
 * link. Of all views of the page, with what went wrong.
 */
const allowed = new Map<string, string | undefined>();

export function allowCode(code: string): void {
  allowed.set(code, undefined);
}

export function isCodeAllowed(code: string): boolean {
  return allowed.has(code);
}

/** Ends it: it is asked no more. */
export function failCode(code: string, problem: string): void {
  allowed.set(code, problem);
}

export function codeProblem(code: string): string | undefined {
  return allowed.has(code)
    ? allowed.get(code)
    : 'fn: expected Run to be pressed in its editor, as code never runs by itself; it is left out.';
}
