// @vitest-environment node
import { expect, it } from 'vitest';
import { findFreePort } from '../../../demo/launcher/ports.ts';

it('takes no port that the system may give to an outgoing connection meanwhile', async () => {
  const ports = await Promise.all(Array.from({ length: 50 }, findFreePort));

  expect(Math.max(...ports)).toBeLessThan(32_768);
  expect(Math.min(...ports)).toBeGreaterThan(1_023);
});
