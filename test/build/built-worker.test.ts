import { describe, expect, test } from 'vitest';
import { checkDeploy } from '../deploy/check.ts';
import { findMissingSecrets } from '../deploy/secrets.ts';

/** Milliseconds of processor time. The target is 50; a machine of another make may be half as fast. */
const MAX_START_MS = 100;

describe('the Worker as wrangler uploads it', () => {
  test.each([undefined, 'production'])(
    'has its settings in order, starts soon, and stores what it is sent (environment: %s)',
    async (environment) => {
      const lines: string[] = [];

      await checkDeploy({ environment, report: (line) => lines.push(line) });

      const [, startMs] = /^start: (-?\d+) ms/m.exec(lines.join('\n')) ?? [];
      console.log(lines.join('\n'));
      expect(Number(startMs)).toBeLessThanOrEqual(MAX_START_MS);
      expect(lines).toContain('/v1/health: well');
      expect(lines.at(-1)).toMatch(/^source [\w.-]+: stores what it is sent$/);
    },
    120_000,
  );

  test('is not deployed into an environment that nobody described', async () => {
    const lines: string[] = [];

    const checking = checkDeploy({ environment: 'nowhere', report: (line) => lines.push(line) });

    await expect(checking).rejects.toThrow('"nowhere"');
    expect(lines).toEqual([]);
  });

  test('wants the secrets that no relay runs without', () => {
    const listed = (...names: string[]) =>
      JSON.stringify(names.map((name) => ({ name, type: 'secret_text' })));
    const aws = ['RELAY_AWS_ACCESS_KEY_ID', 'RELAY_AWS_SECRET_ACCESS_KEY'];

    expect(findMissingSecrets(listed(...aws))).toEqual(['RELAY_SECRET']);
    expect(findMissingSecrets(listed('RELAY_SECRET', ...aws, 'OTHER'))).toEqual([]);
  });
});
