import { z } from 'zod';
import { planInput } from './plan.ts';
import { id, microcents, tenantId, timestamp } from './values.ts';

/** A name in paths and files. */
export const suiteName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must match [a-z0-9][a-z0-9-]{0,62}');

/** What must hold of a run: the value at `path` (a JSON pointer, RFC 6901, into the run as the API shows it) compared by `op`. */
export const assertion = z.strictObject({
  path: z.string().regex(/^(\/.*)?$/, 'a JSON pointer, e.g. /outcome/output/total'),
  op: z.enum(['equals', 'not_equals', 'contains', 'matches', 'exists', 'gte', 'lte', 'schema']),
  /** Not needed by `exists`. `matches`: a regular expression. `schema`: a JSON Schema. */
  value: z.json().optional(),
});

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

export const suiteInput = z.strictObject({
  name: suiteName,
  description: z.string().max(500).optional(),
  tasks: z.array(goldenTask).min(1).max(200),
});

export const suite = z.object({
  name: z.string(),
  description: z.string().nullable(),
  /** Grows with each change; 0: shipped with the service. */
  version: z.int().nonnegative(),
  tasks: z.array(goldenTask.loose()),
  updated_at: timestamp.nullable(),
});

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
  latency_ms: z.int().nonnegative(),
});

/** A suite run once. */
export const evaluation = z.object({
  evaluation_id: id,
  tenant_id: tenantId,
  suite: z.string(),
  suite_version: z.int(),
  status: z.enum(['running', 'passed', 'failed']),
  /** Passed tasks of all, 0 … 1. */
  score: z.number(),
  tasks: z.array(taskResult),
  cost_microcents: microcents,
  cost_cents: z.number(),
  created_at: timestamp,
  finished_at: timestamp.nullable(),
});

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
export type Suite = z.infer<typeof suite>;
export type SuiteInput = z.infer<typeof suiteInput>;
export type AssertionResult = z.infer<typeof assertionResult>;
export type TaskResult = z.infer<typeof taskResult>;
export type Evaluation = z.infer<typeof evaluation>;
export type Gate = z.infer<typeof gate>;
