import {
  errorOf,
  fail,
  succeed,
  type RequestContext,
  type StructuredOutcome,
  type Suite,
} from '@aos/contracts';
import type { SuiteStore } from './suite-store.ts';

/** The shipped suite or one of the tenant, with its tasks. */
export function findSuite(suites: SuiteStore, golden: Suite) {
  return async (context: RequestContext, input: { suite: string }): Promise<StructuredOutcome<Suite>> => {
    const { suite: name } = input;
    const found = name === golden.name ? golden : await suites.find(context.tenantId, name);
    if (found === undefined)
      return fail(errorOf('not_found', `no suite ${name}; aos eval suites lists them`));
    return succeed(found);
  };
}
