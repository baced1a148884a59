import {
  errorOf,
  fail,
  invalidRequest,
  succeed,
  type RequestContext,
  type StructuredOutcome,
  type Suite,
  type SuiteInput,
} from '@aos/contracts';
import type { Checks } from '../domain/checks.ts';
import { nameConflict, suiteIssues } from '../domain/suite-issues.ts';
import type { SuiteStore } from './suite-store.ts';

/** Makes or replaces a suite; evaluations that have started keep the tasks they started with. */
export function putSuite(suites: SuiteStore, newChecks: () => Checks) {
  return async (context: RequestContext, input: SuiteInput): Promise<StructuredOutcome<Suite>> => {
    const conflict = nameConflict(input.name);
    if (conflict !== undefined) return fail(errorOf('conflict', conflict));
    const issues = suiteIssues(input, newChecks());
    if (issues.length > 0) return fail(invalidRequest(issues));
    return succeed(await suites.put(context.tenantId, input));
  };
}
