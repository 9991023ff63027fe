import type { PressScenario } from './types.ts';

const ERRORS = 1_000;

/** One broken line in a loop, as it happens on a page that redraws. */
export const errorStorm: PressScenario = {
  id: 'error-storm',
  kind: 'press',
  label: 'Error storm',
  watchFor: `The same line throws ${ERRORS.toLocaleString('en')} times: a handful of events say where and how often, and the count is exact.`,
  async press() {
    for (let n = 1; n <= ERRORS; n += 1) {
      // Reported as uncaught, without ending this task.
      reportError(new RangeError('sluice: expected a level of 0 to 9, got 11'));
    }
    return `${ERRORS.toLocaleString('en')} errors thrown.`;
  },
};
