/** What a visitor does in the first minute, and what to do next: click, pull a plug, put it back, and lose nothing. */

export type Step = 'click' | 'pull' | 'outage' | 'drain' | 'done';

export interface FirstMinute {
  readonly step: Step;
  /** The most events that waited at a time. */
  readonly waited: number;
}

export interface Moment {
  /** Whether the visitor has done something in the shop. */
  readonly hasClicked: boolean;
  /** Whether a plug is out. */
  readonly isBroken: boolean;
  readonly queued: number;
}

export const BEGINNING: FirstMinute = { step: 'click', waited: 0 };

export function nextMinute({ step, waited }: FirstMinute, moment: Moment): FirstMinute {
  const { hasClicked, isBroken, queued } = moment;
  switch (step) {
    case 'click':
    case 'pull':
      if (isBroken) return { step: 'outage', waited: queued };
      return { step: hasClicked ? 'pull' : step, waited };
    case 'outage': {
      const most = Math.max(waited, queued);
      if (isBroken) return { step, waited: most };
      return most > 0 ? { step: 'drain', waited: most } : { step: 'pull', waited: 0 };
    }
    case 'drain':
      if (isBroken) return { step: 'outage', waited };
      return { step: queued > 0 ? 'drain' : 'done', waited };
    case 'done':
      return { step, waited };
  }
}

/** How many of the three things to do are done. */
export const DONE: Readonly<Record<Step, number>> = {
  click: 0,
  pull: 1,
  outage: 2,
  drain: 3,
  done: 3,
};

export function lineOf({ step, waited }: FirstMinute): string {
  switch (step) {
    case 'click':
      return 'Click around in the shop: each click is a row in the view within a second.';
    case 'pull':
      return 'Now pull a plug, and shop on as if nothing were wrong.';
    case 'outage':
      return waited === 0
        ? 'Shop on: what you do now has nowhere to go.'
        : 'Shop on, then put the plug back.';
    case 'drain':
      return 'They leave now, in order.';
    case 'done':
      return `${waited.toLocaleString('en')} waited, all arrived. Now pull another one.`;
  }
}
