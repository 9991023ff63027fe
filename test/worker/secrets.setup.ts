/** After every test: nothing secret stood in a line of the log, nor in an answer that is no data. */

import { afterEach, expect } from 'vitest';
import { witness } from './witness.ts';

afterEach(() => {
  expect(witness.leaks()).toEqual([]);
});
