// @vitest-environment node
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createMetrics } from '../../../worker/node/metrics.ts';

const operation = resolve(import.meta.dirname, '../../../worker/operation');
const read = (file: string): string => readFileSync(resolve(operation, file), 'utf8');

/** Names of figures, and of the series that a histogram has. */
async function figures(): Promise<ReadonlyMap<string, readonly string[]>> {
  const text = await createMetrics(() => new Map()).text();
  const ours = [...text.matchAll(/^# TYPE (rivulet_\w+) (\w+)$/gm)];
  return new Map(
    ours.map(([, name = '', type]) => [
      name,
      type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => name + end) : [name],
    ]),
  );
}

describe.each(['dashboard.json', 'alarms.yml', '../README.md'])('%s', (file) => {
  test('names no figure that the relay does not have', async () => {
    const known = [...(await figures())].flatMap(([name, series]) => [name, ...series]);

    const named = [...read(file).matchAll(/\brivulet_\w+/g)].map(([name]) => name);

    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
  });
});

describe.each(['dashboard.json', '../README.md'])('%s', (file) => {
  test('leaves out none that it has', async () => {
    const text = read(file);

    const missing = [...(await figures()).keys()].filter((name) => !text.includes(name));

    expect(missing).toEqual([]);
  });
});

test('the dashboard is one that Grafana can import', () => {
  const { title, schemaVersion, panels, templating } = JSON.parse(read('dashboard.json'));

  expect([title, schemaVersion]).toEqual(['Rivulet relay', 39]);
  expect(templating.list.map(({ name }: { name: string }) => name)).toEqual([
    'datasource',
    'source',
  ]);
  for (const { gridPos, targets } of panels) {
    expect(gridPos).toMatchObject({ w: 12, h: 8 });
    expect(targets.length).toBeGreaterThan(0);
    for (const { expr } of targets) expect(isBalanced(expr)).toBe(true);
  }
});

function isBalanced(expression: string): boolean {
  const count = (mark: string): number => expression.split(mark).length;
  return ['()', '{}', '[]'].every(([open = '', close = '']) => count(open) === count(close));
}
