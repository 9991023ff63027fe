/** What of vitest's JSON report is read. */
export interface TestResults {
  readonly numPassedTests?: number;
  readonly numFailedTests?: number;
  readonly numPendingTests?: number;
  readonly numTodoTests?: number;
  readonly testResults?: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/**
 * `N passed, N failed`, and the skipped ones if there are any. A file that failed before its first test counts as one
 * failed test, and so does a run that failed outside of every test: zero failed is said of a clean run only.
 */
export function formatCounts(results: TestResults, exitCode: number): string {
  const { numPassedTests: passed = 0, testResults: files = [] } = results;
  const brokenFiles = files.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  const counted = (results.numFailedTests ?? 0) + brokenFiles.length;
  const failed = exitCode === 0 ? counted : Math.max(counted, 1);
  const skipped = (results.numPendingTests ?? 0) + (results.numTodoTests ?? 0);
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** What several runs had together. */
export function sumOf(runs: readonly TestResults[]): TestResults {
  const sum = (name: 'numPassedTests' | 'numFailedTests' | 'numPendingTests' | 'numTodoTests') =>
    runs.reduce((total, run) => total + (run[name] ?? 0), 0);
  return {
    numPassedTests: sum('numPassedTests'),
    numFailedTests: sum('numFailedTests'),
    numPendingTests: sum('numPendingTests'),
    numTodoTests: sum('numTodoTests'),
    testResults: runs.flatMap(({ testResults = [] }) => testResults),
  };
}
