import { LRUCache } from 'lru-cache';
import { openJq } from './open-jq.ts';

/** What is wrong with a query's syntax, in jq's words; undefined: nothing. */
export type QuerySyntax = (query: string) => string | undefined;

const REMEMBERED = 1000;

/** Checks queries by compiling them, not running them: about a millisecond for one not seen lately. */
export async function createQuerySyntax(): Promise<QuerySyntax> {
  let jq = await openJq();
  const replace = async () => {
    jq = await openJq();
  };
  const compile = (query: string): string | undefined => {
    try {
      // Without input jq compiles the query and has nothing to run it on.
      const { exitCode, stderr } = jq.raw('', query, ['--']);
      return exitCode === 0 ? undefined : stderr;
    } catch {
      void replace();
      return 'the query takes too much memory to compile';
    }
  };
  const known = new LRUCache<string, { problem: string | undefined }>({ max: REMEMBERED });
  return (query) => {
    const { problem } = known.get(query) ?? { problem: compile(query) };
    known.set(query, { problem });
    return problem;
  };
}
