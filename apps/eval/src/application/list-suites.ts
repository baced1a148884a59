import {
  fail,
  invalidRequest,
  succeed,
  suiteName,
  type InputOf,
  type OutputOf,
  type RequestContext,
  type StructuredOutcome,
  type Suite,
  type suitesList,
} from '@aos/contracts';
import type { SuiteStore } from './suite-store.ts';

/** The shipped suite and those of the tenant, by name. The cursor is the last one's name. */
export function listSuites(suites: SuiteStore, golden: Suite) {
  return async (
    context: RequestContext,
    { limit, cursor: after }: InputOf<typeof suitesList>,
  ): Promise<StructuredOutcome<OutputOf<typeof suitesList>>> => {
    if (after !== undefined && !suiteName.safeParse(after).success) {
      return fail(
        invalidRequest([{ field: '/cursor', message: 'is not a cursor of this list; start without one' }]),
      );
    }
    const own = await suites.list(context.tenantId, { after, limit: limit + 1 });
    const shipped = after === undefined || golden.name > after ? [golden] : [];
    const found = [...shipped, ...own].sort((left, right) => (left.name < right.name ? -1 : 1));
    const page = found.slice(0, limit);
    return succeed({
      data: page.map(({ tasks: _tasks, ...summary }) => summary),
      next_cursor: found.length > limit ? (page.at(-1)?.name ?? null) : null,
    });
  };
}
