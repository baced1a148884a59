import { z } from 'zod';
import { centsOf } from './money.ts';
import { planInput } from './plan.ts';
import { id, microcents, tenantId, timestamp } from './values.ts';

/** A name in paths and files. */
export const suiteName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must match [a-z0-9][a-z0-9-]{0,62}');

/** The suite that is shipped with the service; every tenant has it and none can replace it. */
export const GOLDEN_SUITE = 'golden';

const ASSERTIONS_MAX = 1_000;

/** A JSON pointer (RFC 6901), e.g. /outcome/output/total; empty: the whole. */
const jsonPointer = z
  .string()
  .max(200)
  .regex(/^(\/([^~/]|~[01])*)*$/, 'a JSON pointer, e.g. /outcome/output/total');

/**
 * What must hold of a run: the value at `path` in the run as the API shows it, compared by `op`.
 * `contains`: a part of a text, a member of a list, some fields of an object.
 */
export const assertion = z
  .strictObject({
    path: jsonPointer,
    op: z.enum(['equals', 'not_equals', 'contains', 'matches', 'exists', 'gte', 'lte', 'schema']),
    /**
     * `exists`: may be left out; false: must not exist. `gte`, `lte`: a number. `matches`: a regular expression
     * (ECMAScript, Unicode). `schema`: a JSON Schema (2020-12).
     */
    value: z.json().optional(),
  })
  .superRefine(({ op, value }, context) => {
    const message = valueProblem(op, value);
    if (message !== undefined) context.addIssue({ code: 'custom', path: ['value'], message });
  });

function valueProblem(op: string, value: unknown): string | undefined {
  if (op === 'exists') {
    return value === undefined || typeof value === 'boolean'
      ? undefined
      : 'must be true or false, or left out';
  }
  if (value === undefined) return `is required by ${op}`;
  if (op === 'gte' || op === 'lte') return typeof value === 'number' ? undefined : 'must be a number';
  if (op === 'matches') return typeof value === 'string' ? undefined : 'must be a regular expression';
  const isSchema = typeof value === 'boolean' || (typeof value === 'object' && value !== null);
  return op !== 'schema' || (isSchema && !Array.isArray(value)) ? undefined : 'must be a JSON Schema';
}

/** A goal with a known good answer. */
export const goldenTask = z.strictObject({
  name: suiteName,
  description: z.string().max(500).optional(),
  goal: z.string().trim().min(1).max(8000),
  plan: planInput.optional(),
  context: z.record(z.string(), z.json()).optional(),
  assertions: z.array(assertion).min(1).max(100),
  timeout_seconds: z.int().min(1).max(3600).default(120),
});

export const suiteInput = z
  .strictObject({
    name: suiteName,
    description: z.string().max(500).optional(),
    tasks: z.array(goldenTask).min(1).max(200),
  })
  .superRefine(({ tasks }, context) => {
    const names = tasks.map(({ name }) => name);
    names.forEach((name, index) => {
      if (names.indexOf(name) === index) return;
      context.addIssue({ code: 'custom', path: ['tasks', index, 'name'], message: `${name} is there twice` });
    });
    const assertions = tasks.reduce((sum, task) => sum + task.assertions.length, 0);
    if (assertions <= ASSERTIONS_MAX) return;
    const message = `have ${assertions} assertions together, a suite may have ${ASSERTIONS_MAX}`;
    context.addIssue({ code: 'custom', path: ['tasks'], message });
  });

/** A suite in a list. */
export const suiteSummary = z.object({
  name: z.string(),
  description: z.string().nullable(),
  /** Grows with each change; 0: shipped with the service. */
  version: z.int().nonnegative(),
  task_count: z.int().nonnegative(),
  updated_at: timestamp.nullable(),
});

export const suite = suiteSummary.extend({ tasks: z.array(goldenTask.loose()) });

export const assertionResult = z.object({
  path: z.string(),
  op: z.string(),
  passed: z.boolean(),
  expected: z.json().nullable(),
  actual: z.json().nullable(),
  message: z.string(),
});

export const taskResult = z.object({
  task: z.string(),
  status: z.enum(['pending', 'running', 'passed', 'failed', 'error']),
  run_id: id.nullable(),
  assertions: z.array(assertionResult),
  /** Why it could not be judged: the run was refused, did not end in time. */
  error: z.string().nullable(),
  cost_microcents: microcents,
  /** From the submit of its run to the run's end. */
  latency_ms: z.int().nonnegative(),
});

/** An evaluation in a list. */
export const evaluationSummary = z.object({
  evaluation_id: id,
  tenant_id: tenantId,
  suite: z.string(),
  suite_version: z.int(),
  /** `passed`: all its tasks passed. */
  status: z.enum(['running', 'passed', 'failed']),
  /** Passed tasks of all, 0 … 1. */
  score: z.number(),
  tasks_passed: z.int().nonnegative(),
  /** Those that could not be judged with them. */
  tasks_failed: z.int().nonnegative(),
  task_count: z.int().nonnegative(),
  cost_microcents: microcents,
  cost_cents: z.number(),
  created_at: timestamp,
  finished_at: timestamp.nullable(),
});

/** A suite run once. */
export const evaluation = evaluationSummary.extend({ tasks: z.array(taskResult) });

/** What an evaluation must reach for a change to ship; absent bounds do not bind. */
export const gate = z.strictObject({
  /** Default: all must pass. */
  min_score: z.number().min(0).max(1).default(1),
  max_cost_cents: z.number().nonnegative().optional(),
  /** Of any task. */
  max_latency_ms: z.int().positive().optional(),
  /** Tasks that must pass whatever the score. */
  must_pass: z.array(suiteName).default([]),
});

export type Assertion = z.infer<typeof assertion>;
export type GoldenTask = z.infer<typeof goldenTask>;
export type SuiteSummary = z.infer<typeof suiteSummary>;
export type Suite = z.infer<typeof suite>;
export type SuiteInput = z.infer<typeof suiteInput>;
export type AssertionResult = z.infer<typeof assertionResult>;
export type TaskResult = z.infer<typeof taskResult>;
export type EvaluationSummary = z.infer<typeof evaluationSummary>;
export type Evaluation = z.infer<typeof evaluation>;
export type Gate = z.infer<typeof gate>;

export interface GateVerdict {
  passed: boolean;
  /** Each bound that does not hold, with what was found. */
  failures: string[];
}

/** Whether an evaluation reaches what a gate asks for. */
export function judgeGate(gate: Gate, evaluation: Evaluation): GateVerdict {
  const failures: string[] = [];
  const { status, score, tasks, cost_microcents: cost } = evaluation;
  if (status === 'running') failures.push('the evaluation has not finished');
  if (score < gate.min_score) failures.push(`the score is ${score}, at least ${gate.min_score} is asked for`);
  if (gate.max_cost_cents !== undefined && centsOf(cost) > gate.max_cost_cents) {
    failures.push(`it cost ${centsOf(cost)} cents, at most ${gate.max_cost_cents} are allowed`);
  }
  for (const { task, latency_ms: latency } of tasks) {
    if (gate.max_latency_ms === undefined || latency <= gate.max_latency_ms) continue;
    failures.push(`${task} took ${latency} ms, at most ${gate.max_latency_ms} are allowed`);
  }
  for (const name of new Set(gate.must_pass)) {
    const found = tasks.find(({ task }) => task === name);
    if (found === undefined) failures.push(`${name} must pass and is not among the tasks`);
    else if (found.status !== 'passed') failures.push(`${name} must pass and is ${found.status}`);
  }
  return { passed: failures.length === 0, failures };
}
