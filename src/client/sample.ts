import type { Priority } from '../protocol/event.ts';
import type { Identity } from './identity.ts';

/** Whether the source's sample does without this client: as the relay says, or has said to an earlier page. */
export interface Sample {
  readonly leavesOut: (priority: Priority | undefined) => boolean;
  readonly tell: (isOut: boolean) => void;
}

export function createSample(
  identity: Pick<Identity, 'current' | 'know'>,
  whenKnown: (step: () => void) => void,
): Sample {
  let isOut: boolean | undefined;

  return {
    leavesOut(priority) {
      if (isOut === undefined) {
        whenKnown(() => {
          isOut ??= !!identity.current().sampledOut;
        });
      }
      return !!isOut && priority !== 'high';
    },
    tell(next) {
      if (next === isOut) return;
      isOut = next;
      // For the other tabs, and for the next page, which captures before it asks.
      whenKnown(() => identity.know('sampledOut', next || undefined));
    },
  };
}
