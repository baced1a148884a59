import { GOLDEN_SUITE, type Assertion, type InputIssue, type SuiteInput } from '@aos/contracts';
import type { Checks } from './checks.ts';

/** A suite travels whole in one message. */
const SUITE_BYTES_MAX = 450_000;

/** What is wrong with a suite beyond its form: patterns and schemas that cannot be used, size. */
export function suiteIssues(suite: SuiteInput, checks: Checks): InputIssue[] {
  const bytes = new TextEncoder().encode(JSON.stringify(suite)).length;
  if (bytes > SUITE_BYTES_MAX) {
    const message = `are ${bytes} bytes as JSON, a suite may have ${SUITE_BYTES_MAX}; make two of it`;
    return [{ field: '/tasks', message }];
  }
  return suite.tasks.flatMap(({ assertions }, task) =>
    assertions.flatMap((assertion, index) => {
      const message = problemOf(assertion, checks);
      return message === undefined ? [] : [{ field: `/tasks/${task}/assertions/${index}/value`, message }];
    }),
  );
}

function problemOf({ op, value }: Assertion, checks: Checks): string | undefined {
  if (op === 'matches') return typeof value === 'string' ? checks.problemOfPattern(value) : undefined;
  return op === 'schema' ? checks.problemOfSchema(value) : undefined;
}

/** Why a tenant may not have a suite of that name; undefined: it may. */
export function nameConflict(name: string): string | undefined {
  return name === GOLDEN_SUITE
    ? `the suite ${GOLDEN_SUITE} is shipped with AOS; choose another name`
    : undefined;
}
