import {
  fail,
  invalidRequest,
  issuesOf,
  PLAN_DECISIONS,
  planInput,
  succeed,
  type InputIssue,
  type StructuredOutcome,
} from '@aos/contracts';
import { z } from 'zod';
import { normalisePlan } from '../../domain/plan/normalise-plan.ts';
import { endedSteps, hasStepsToCome, revisionIssues } from '../../domain/run/revision-rules.ts';
import type { Json, SkillRegistry } from '../../domain/skill/skill.ts';
import type { Reviewed, ReviewRequest } from '../engine/ports.ts';
import { contentIssue, intoAnswer, issuesIn, shortened } from './read-plan.ts';

/** Unknown fields beside these are passed over. */
const answer = z.object({
  reasoning: z.string().default(''),
  decision: z.enum(PLAN_DECISIONS),
  steps: planInput.optional(),
  output: z.json().optional(),
});

type Answer = z.infer<typeof answer>;
type Review = Reviewed & { reasoning: string };

/** What a model decided about a run, held to what the engine can do. All that is wrong comes in one failure. */
export async function readReview(
  parsed: Json,
  skills: SkillRegistry,
  review: ReviewRequest,
): Promise<StructuredOutcome<Review>> {
  const text = contentIssue(parsed);
  if (text !== undefined) return refused({ field: '', message: text });
  const read = answer.safeParse(withoutEmptySteps(parsed));
  if (!read.success) return fail(invalidRequest(issuesOf(read.error)));
  const { decision, steps, output = null } = read.data;
  const reasoning = shortened(read.data.reasoning, steps ?? []);
  if (decision === 'change') return changed(read.data, skills, review);
  if (decision === 'give_up') return succeed({ decision, reasoning });
  if (decision === 'continue') {
    const { state } = review;
    if (hasStepsToCome(state) || state.failedStep === null) return succeed({ decision, reasoning });
    return refused({
      field: '/decision',
      message: 'no step is left to continue with: change, end or give_up',
    });
  }
  const given = await review.resolve(output);
  if (given.ok) return succeed({ decision, output: given.value, reasoning });
  return refused({ field: '/output', message: given.error.message });
}

function changed(
  { steps, reasoning }: Answer,
  skills: SkillRegistry,
  { state, maxSteps }: ReviewRequest,
): StructuredOutcome<Review> {
  if (steps === undefined)
    return refused({ field: '/steps', message: 'are missing; a change says which steps are to come' });
  const planned = normalisePlan(steps, skills, { maxSteps, over: endedSteps(state) });
  if (!planned.ok) return fail(invalidRequest(issuesIn(planned.error.details).map(intoAnswer)));
  const issues = revisionIssues(state, planned.value);
  if (issues.length > 0) return fail(invalidRequest(issues));
  return succeed({
    decision: 'change',
    steps: planned.value,
    reasoning: shortened(reasoning, planned.value),
  });
}

/** Where there are none, models often say so. */
function withoutEmptySteps(parsed: Json): unknown {
  if (parsed === null || typeof parsed !== 'object' || Array.isArray(parsed)) return parsed;
  const { steps, ...rest } = parsed;
  return Array.isArray(steps) && steps.length === 0 ? rest : parsed;
}

function refused(issue: InputIssue): StructuredOutcome<never> {
  return fail(invalidRequest([issue]));
}
