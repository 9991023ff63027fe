/** The relay's seams: time and chance come from here, so that a test can hold them still. */
export interface RelayRuntime {
  /** Milliseconds since 1970. On Cloudflare's network the clock advances on I/O only. */
  readonly now: () => number;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly delay: (delayMs: number) => Promise<void>;
  /** Takes one line of the log. */
  readonly log: (line: string) => void;
}

export const platformRuntime: RelayRuntime = {
  now: () => Date.now(),
  random: () => Math.random(),
  delay: (delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs)),
  log: (line) => console.log(line),
};
