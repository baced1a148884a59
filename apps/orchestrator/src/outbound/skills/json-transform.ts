import {
  ARTIFACT_BYTES_MAX,
  errorOf,
  fail,
  succeed,
  type StructuredOutcome,
  isDeeperThan,
  JSON_DEPTH_MAX,
} from '@aos/contracts';
import { z } from 'zod';
import { holdsReference } from '../../domain/plan/references.ts';
import type { Json, Skill } from '../../domain/skill/skill.ts';
import { anyJson, defineSkill } from './define-skill.ts';
import type { JqPool } from './jq/jq-pool.ts';
import { pathQuery } from './jq/path-query.ts';
import type { QuerySyntax } from './jq/query-syntax.ts';

/** However long a step may take: a query that ends at all ends in milliseconds, and threads are few. */
const RUN_MS_MAX = 3_000;
const QUERY_CHARS_MAX = 4_000;

const output = z.object({ result: z.json() });

/**
 * Runs a jq query over JSON. The result is the one value the query gives; none or several are a failure that says so,
 * so that the type of a result never hangs on how many items the data had.
 */
export function jsonTransform(pool: JqPool, syntaxProblem: QuerySyntax): Skill {
  const query = z
    .string()
    .min(1, { abort: true })
    // Compiling takes time by the length, and on the way in: longer ones are not compiled.
    .max(QUERY_CHARS_MAX, { abort: true })
    .superRefine((text, context) => {
      if (holdsReference(text)) return;
      const problem = text.includes('\0') ? 'must not contain NUL' : syntaxProblem(text);
      if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
    });
  return defineSkill({
    name: 'json_transform',
    version: '1.0.0',
    description: 'Transforms JSON by a jq query that gives one value.',
    side_effects: 'none',
    idempotent: 'always',
    pipe: 'result',
    pipe_into: 'input',
    cost_microcents: 1_000,
    latency_ms: 5,
    timeout_ms: 5_000,
    params: z.strictObject({ input: anyJson, query: query.describe('jq 1.8 syntax') }),
    output,
    hasSideEffects: () => false,
    isIdempotent: () => true,
    run: async ({ input, query }, call) => {
      const found = pathQuery(query)?.(input);
      if (found !== undefined) return checkedResult(found);
      const limitMs = Math.min(call.timeoutMs, RUN_MS_MAX);
      const signal = AbortSignal.any([call.signal, AbortSignal.timeout(limitMs)]);
      const reply = await pool.run({ query, input, outputCharsMax: ARTIFACT_BYTES_MAX }, signal);
      switch (reply?.kind) {
        case 'done':
          return resultOf(reply.stdout);
        case 'failed':
          return fail(errorOf('skill_failed', reply.message));
        case 'too_large':
          return fail(errorOf('payload_limit', `the query gives over ${ARTIFACT_BYTES_MAX} bytes`));
        case 'exhausted':
          return fail(errorOf('skill_failed', 'the query ran out of memory'));
        case undefined:
          return fail(
            call.signal.aborted
              ? errorOf('run_cancelled', 'the call was cut')
              : errorOf('step_timeout', `the query did not end within ${limitMs} ms`),
          );
      }
    },
  });
}

function resultOf(stdout: string): StructuredOutcome<Json> {
  const [line, ...others] = stdout.split('\n').filter((text) => text !== '');
  if (line === undefined)
    return fail(errorOf('skill_failed', 'the query gave no value; add // null for a default'));
  if (others.length > 0) {
    return fail(
      errorOf('skill_failed', `the query gave ${others.length + 1} values; put it in [ ] to get a list`),
    );
  }
  const result: Json = JSON.parse(line);
  return checkedResult(result);
}

function checkedResult(result: Json): StructuredOutcome<Json> {
  if (!isDeeperThan(result, JSON_DEPTH_MAX)) return succeed({ result });
  return fail(errorOf('payload_limit', `the result is nested deeper than ${JSON_DEPTH_MAX} levels`));
}
