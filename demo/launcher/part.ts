/** One station of the pipeline as the launcher sees it. */
export interface Part {
  /** As the person at the terminal reads it, such as `relay`. */
  readonly name: string;
  /** Resolves when it ended by itself; never after `stop`. */
  readonly died: Promise<Death>;
  /** Ends it, and everything it started. May be called twice. */
  readonly stop: () => Promise<void>;
}

export interface Death {
  readonly part: string;
  /** Such as `exit code 1` or `SIGKILL`. */
  readonly reason: string;
  /** The last lines it wrote. */
  readonly output: string;
}

/** One line for each death, then what the part said last. */
export function describeDeath({ part, reason, output }: Death): string {
  const said = output.trim();
  return `${part} ended: ${reason}${said ? `\n${said.replace(/^/gm, '  | ')}` : ''}`;
}
