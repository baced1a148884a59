import type { Assertion, AssertionResult, Run } from '@aos/contracts';
import { boundedText, boundedValue, brief } from './brief.ts';
import type { Checks } from './checks.ts';
import { isEqual, isPartOf } from './json.ts';
import { valueAt, type Found } from './pointer.ts';

/** Why `actual` does not fit `expected`; undefined: it does. */
type Comparison = (actual: unknown, expected: unknown, checks: Checks) => string | undefined;

const COMPARISONS: Readonly<Record<Exclude<Assertion['op'], 'exists'>, Comparison>> = {
  equals: (actual, expected) =>
    isEqual(actual, expected) ? undefined : `is ${brief(actual)}, expected ${brief(expected)}`,
  not_equals: (actual, expected) =>
    isEqual(actual, expected) ? `is ${brief(actual)}, which it must not be` : undefined,
  contains: (actual, expected) =>
    isPartOf(expected, actual) ? undefined : `is ${brief(actual)}, which does not contain ${brief(expected)}`,
  matches: (actual, expected, checks) =>
    typeof actual === 'string'
      ? checks.misfitOfPattern(String(expected), actual)
      : `is ${brief(actual)}, expected a text`,
  gte: (actual, expected) => bound(actual, expected, (left, right) => left >= right, 'at least'),
  lte: (actual, expected) => bound(actual, expected, (left, right) => left <= right, 'at most'),
  schema: (actual, expected, checks) => checks.misfitOfSchema(expected, actual),
};

/**
 * Judges each assertion on a run as the API shows it. Where there is nothing at the path, only `exists: false` holds: a
 * mistyped path never passes.
 */
export function judge(assertions: readonly Assertion[], run: Run, checks: Checks): AssertionResult[] {
  const ending = endingOf(run);
  return assertions.map(({ path, op, value }) => {
    const found = valueAt(run, path);
    const problem = problemOf({ path, op, value }, found, checks);
    return {
      path,
      op,
      passed: problem === undefined,
      expected: boundedValue(value),
      actual: found.isFound ? boundedValue(found.value) : null,
      message: problem === undefined ? 'holds' : boundedText(`${path || 'the run'} ${problem}${ending}`),
    };
  });
}

function problemOf({ op, value }: Assertion, found: Found, checks: Checks): string | undefined {
  if (op === 'exists' && value === false) return found.isFound ? 'is there and must not be' : undefined;
  if (!found.isFound) return `is not there: ${found.lack}`;
  return op === 'exists' ? undefined : COMPARISONS[op](found.value, value, checks);
}

function bound(
  actual: unknown,
  expected: unknown,
  holds: (actual: number, expected: number) => boolean,
  words: string,
): string | undefined {
  if (typeof actual !== 'number') return `is ${brief(actual)}, expected a number`;
  return holds(actual, Number(expected)) ? undefined : `is ${actual}, expected ${words} ${String(expected)}`;
}

/** A run that did not succeed is most often why an assertion does not hold. */
function endingOf({ status, outcome }: Run): string {
  if (status === 'succeeded') return '';
  const error = outcome?.error;
  return ` (the run ended as ${status}${error ? `: ${error.code}: ${error.message}` : ''})`;
}
