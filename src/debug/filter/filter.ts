/** The filter's text as one question to a row. */

import type { Row } from '../reading/rows.ts';
import { codeProblem, failCode, isCodeAllowed } from './code.ts';
import type { CodeRunner } from './code-runner.ts';
import { narrowingOf } from './narrowing.ts';
import { CODE, parse, type Term } from './parse.ts';
import { askTerm, type RowTest } from './predicate.ts';
import type { CompiledFilter, FilterContext } from './types.ts';

/** Results of code that are kept: more rows than the window has. */
const MAX_RESULTS = 100_000;

/** The code of a term, where it is one. */
export function codeOf({ path, operator, values }: Term): string | undefined {
  return path.length === 1 && path[0] === CODE && operator === ':' ? values[0]?.text : undefined;
}

/** Any text is a filter; every term of it has to be true of a row. */
export function compileFilter(text: string, context: FilterContext): CompiledFilter {
  const terms = parse(text);
  const code = terms.find((term) => codeOf(term) !== undefined);
  const questions = terms
    .filter((term) => term !== code)
    .map((term) => askTerm(term, text.slice(term.start, term.end), context));
  const tests = [...questions].sort((a, b) => a.cost - b.cost).map(({ test }) => test);
  const plain: RowTest = (row) => {
    for (const test of tests) if (!test(row)) return false;
    return true;
  };
  const problems = questions.flatMap(({ problem }) => problem ?? []);
  const narrowing = narrowingOf(terms, context.now);
  // Code, which comes last, is not asked in passing: it may hide any row.
  const all = code ? [...questions, { test: () => false }] : questions;
  const hiderOf = (row: Row): number => {
    let hider = -1;
    for (const [index, { test }] of all.entries()) {
      if (test(row)) continue;
      if (hider !== -1) return -1;
      hider = index;
    }
    return hider;
  };
  if (code) return Object.assign(withCode(code, plain, problems), { narrowing, hiderOf });
  return { test: plain, narrowing, problem: problems.join(' ') || undefined, hiderOf };
}

function withCode(
  term: Term,
  plain: RowTest,
  problems: readonly string[],
): Omit<CompiledFilter, 'narrowing'> {
  const code = codeOf(term) ?? '';
  const results = new Map<number, boolean>();
  let runner: CodeRunner | undefined;
  let isClosed = false;
  const isOff = (): boolean => !isCodeAllowed(code);
  const hasFailed = (): boolean => codeProblem(code) !== undefined;

  const ask = async (rows: readonly Row[]): Promise<void> => {
    // Few filters have code: most pages never load this.
    const { createCodeRunner } = await import('./code-runner.ts');
    if (isClosed) return;
    runner ??= createCodeRunner(code);
    const answers = await runner.run(rows);
    for (const [index, { id }] of rows.entries()) results.set(id, answers[index] === true);
    for (const id of results.keys()) {
      if (results.size <= MAX_RESULTS) break;
      results.delete(id);
    }
  };

  return {
    test: (row) =>
      plain(row) && (isOff() || (results.has(row.id) && results.get(row.id) !== term.negated)),
    isReady: (row) => hasFailed() || results.has(row.id) || !plain(row),
    prepare: async (rows) => {
      const unknown = rows.filter((row) => !results.has(row.id) && plain(row));
      if (unknown.length === 0 || hasFailed()) return;
      try {
        await ask(unknown);
      } catch (error) {
        if (!isClosed) failCode(code, error instanceof Error ? error.message : String(error));
      }
    },
    get problem() {
      return [...problems, codeProblem(code) ?? []].flat().join(' ') || undefined;
    },
    close: () => {
      isClosed = true;
      runner?.close();
    },
  };
}
