import {
  fail,
  invalidRequest,
  isDeeperThan,
  issuesOf,
  JSON_DEPTH_MAX,
  EVENT_PAYLOAD_BYTES_MAX,
  planInput,
  succeed,
  type InputIssue,
  type PlanStep,
  type PlanStepInput,
  type StructuredOutcome,
} from '@aos/contracts';
import { z } from 'zod';
import { normalisePlan } from '../../domain/plan/normalise-plan.ts';
import type { Json, SkillRegistry } from '../../domain/skill/skill.ts';

/** Unknown fields beside these are passed over; a step's own are refused as they are to a caller. */
const answer = z.object({ reasoning: z.string().default(''), steps: planInput });

const REASONING_CHARS_MAX = 2_000;
/** A UTF-16 unit in JSON, escaped. */
const CHAR_BYTES_MAX = 6;
/** What `plan.created` says beside steps and reasoning. */
const FRAME_BYTES = 512;

export interface ReadPlan {
  steps: PlanStep[];
  reasoning: string;
}

/**
 * A plan as a model answered it, held to everything that a caller's plan is held to. What is wrong comes in one failure
 * whose issues point into the answer.
 */
export function readPlan(
  parsed: Json,
  skills: SkillRegistry,
  limits: { maxSteps: number },
): StructuredOutcome<ReadPlan> {
  const text = contentIssue(parsed);
  if (text !== undefined) return fail(invalidRequest([{ field: '', message: text }]));
  const read = answer.safeParse(parsed);
  if (!read.success) return fail(invalidRequest(issuesOf(read.error)));
  const steps = normalisePlan(read.data.steps, skills, limits);
  if (!steps.ok) return fail(invalidRequest(issuesIn(steps.error.details).map(intoAnswer)));
  return succeed({ steps: steps.value, reasoning: shortened(read.data.reasoning, steps.value) });
}

const issues = z.object({ issues: z.array(z.object({ field: z.string(), message: z.string() })) });

/** What is wrong with a plan, as the failure says it. */
export function issuesIn(details: unknown): InputIssue[] {
  return issues.safeParse(details).data?.issues ?? [];
}

/** What no journal takes, wherever it stands. */
export function contentIssue(parsed: Json): string | undefined {
  if (isDeeperThan(parsed, JSON_DEPTH_MAX)) return `is nested deeper than ${JSON_DEPTH_MAX} levels`;
  if (JSON.stringify(parsed).includes('\\u0000')) return 'contains a NUL character; leave it out';
  return undefined;
}

/** A caller's plan is the member `plan` of a goal, a model's the member `steps` of its answer. */
export function intoAnswer({ field, message }: InputIssue): InputIssue {
  return { field: field.replace(/^\/plan/, '/steps'), message };
}

/** What there is room for in the event beside the steps. */
export function shortened(reasoning: string, steps: readonly (PlanStep | PlanStepInput)[]): string {
  const bytesLeft = EVENT_PAYLOAD_BYTES_MAX - FRAME_BYTES - Buffer.byteLength(JSON.stringify(steps));
  const charsMax = Math.min(REASONING_CHARS_MAX, Math.floor(bytesLeft / CHAR_BYTES_MAX));
  return reasoning.length <= charsMax ? reasoning : `${reasoning.slice(0, charsMax - 1).toWellFormed()}…`;
}
