import { expect, it } from 'vitest';
import { formatCounts, sumOf } from '../../run/results.ts';

it('counts what passed and what failed', () => {
  expect(formatCounts({ numPassedTests: 12, numFailedTests: 0 }, 0)).toBe('12 passed, 0 failed');
  expect(formatCounts({ numPassedTests: 11, numFailedTests: 1 }, 1)).toBe('11 passed, 1 failed');
});

it('names skipped tests when there are any', () => {
  const results = { numPassedTests: 1, numFailedTests: 0, numPendingTests: 2, numTodoTests: 1 };

  expect(formatCounts(results, 0)).toBe('1 passed, 0 failed, 3 skipped');
});

it('counts a file that broke before its tests as a failure', () => {
  const testResults = [
    { status: 'failed', assertionResults: [] },
    { status: 'failed', assertionResults: [{ status: 'failed' }] },
    { status: 'passed', assertionResults: [{ status: 'passed' }] },
  ];

  const counts = formatCounts({ numPassedTests: 1, numFailedTests: 1, testResults }, 1);

  expect(counts).toBe('1 passed, 2 failed');
});

it('never says that nothing failed of a run that did not end well', () => {
  expect(formatCounts({ numPassedTests: 5, numFailedTests: 0 }, 1)).toBe('5 passed, 1 failed');
  expect(formatCounts({}, 1)).toBe('0 passed, 1 failed');
});

it('counts what several runs had together', () => {
  const broken = { status: 'failed', assertionResults: [] };
  const runs = [
    { numPassedTests: 5, numFailedTests: 1, numPendingTests: 2 },
    { numPassedTests: 7, testResults: [broken] },
    {},
  ];

  expect(formatCounts(sumOf(runs), 1)).toBe('12 passed, 2 failed, 2 skipped');
});
