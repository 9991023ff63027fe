interface Stoppable {
  readonly stop: () => Promise<void>;
}

type Starts = Readonly<Record<string, (givenUp: AbortSignal) => Promise<Stoppable | undefined>>>;

type Started<S extends Starts> = { readonly [Name in keyof S]: Awaited<ReturnType<S[Name]>> };

/** Starts parts side by side: all of them, or, when one fails or the signal says so, none. */
export async function startAll<S extends Starts>(
  starts: S,
  signal: AbortSignal,
): Promise<Started<S>> {
  const failure = new AbortController();
  const givenUp = AbortSignal.any([failure.signal, signal]);
  const settled = await Promise.all(
    Object.entries(starts).map(async ([name, start]) => {
      try {
        return [name, await start(givenUp)] as const;
      } catch (error) {
        // Only the first abort counts: its reason is what went wrong first.
        failure.abort(error);
        return [name, undefined] as const;
      }
    }),
  );
  if (!givenUp.aborted) return Object.fromEntries(settled) as Started<S>;
  const stack = createStopStack();
  for (const [, part] of settled) if (part) stack.hold(part);
  await stack.stop();
  throw givenUp.reason;
}

/** Stops what it holds, the last first. A second call waits for the first. */
export function createStopStack() {
  const held: Stoppable[] = [];
  let stopping: Promise<void> | undefined;
  const stopAll = async (): Promise<void> => {
    for (let part = held.pop(); part; part = held.pop()) await part.stop();
  };
  return {
    hold: <Part extends Stoppable>(part: Part): Part => {
      held.push(part);
      return part;
    },
    stop: (): Promise<void> => {
      stopping ??= stopAll();
      return stopping;
    },
  };
}
