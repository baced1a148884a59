import {
  errorOf,
  fail,
  succeed,
  type ErrorSpec,
  type InputIssue,
  type LlmCompletion,
  type StructuredOutcome,
} from '@aos/contracts';
import { NOTHING_SPENT, sumOf, type Json, type SkillRegistry, type Spend } from '../../domain/skill/skill.ts';
import { planningKey } from '../effect-key.ts';
import type {
  PlannedSteps,
  Planner,
  PlanningResult,
  PlanRequest,
  Review,
  Reviewed,
  ReviewRequest,
} from '../engine/ports.ts';
import { spendOf, type ModelCalls } from '../model-calls.ts';
import { planningRequest, type PlanningCall } from './planning-prompt.ts';
import type { PlanningAgent } from './prompt-parts.ts';
import { issuesIn, readPlan } from './read-plan.ts';
import { readReview } from './read-review.ts';
import { reviewRequest } from './review-prompt.ts';
import { stubPlan } from './stub-plan.ts';
import { stubReview } from './stub-review.ts';

/** Agents as they were at a version. */
export interface AgentVersions {
  find(
    agent: { tenantId: string; agentId: string },
    version: number,
  ): Promise<StructuredOutcome<PlanningAgent & { skills: readonly string[] }>>;
}

interface PlannerParts {
  backend: 'anthropic' | 'stub';
  /** Whether a model that cannot be called fails the run, in place of a stub. */
  isProduction: boolean;
  /** Of one call. */
  timeoutMs: number;
  agents: AgentVersions;
  skills: SkillRegistry;
  models: ModelCalls;
  /** Told of every goal that gets a stub. */
  onStub: (why: string) => void;
}

/** What is asked of a planner, and how its answer is read. */
interface Question<T> {
  request(agent: PlanningAgent, skills: SkillRegistry): PlanningCall;
  read(parsed: Json, skills: SkillRegistry): Promise<StructuredOutcome<T>>;
  /** In place of an answer. */
  stub(skills: SkillRegistry, why: string): StructuredOutcome<T>;
}

/** An answer that was paid, and what was read in it. */
interface Answer<T> {
  completion: LlmCompletion;
  said: StructuredOutcome<T & Source>;
}

/** Who planned. */
type Source = Pick<PlannedSteps, 'planner' | 'model'>;

/** A question on its way, with the skills it may be answered with. */
interface Asking<T> {
  goal: PlanRequest;
  question: Question<T>;
  skills: SkillRegistry;
}

/** Issues told to the model and kept with the failure. */
const ISSUES_MAX = 20;
const ISSUE_CHARS_MAX = 300;

/**
 * Plans goals by a model, called through the router, and decides how adaptive runs go on. An answer that cannot be
 * followed is sent back once with what is wrong.
 * Where no provider is configured, outside production, a stub takes its place and says so.
 */
export class ModelPlanner implements Planner {
  readonly #parts: PlannerParts;

  constructor(parts: PlannerParts) {
    this.#parts = parts;
  }

  plan(goal: PlanRequest): Promise<PlanningResult> {
    return this.#answered(goal, {
      request: (agent, skills) => planningRequest(goal, agent, skills),
      read: async (parsed, skills) => readPlan(parsed, skills, goal),
      stub: (skills, why) => stubPlan(skills, goal, why),
    });
  }

  review(review: ReviewRequest): Promise<PlanningResult<Review>> {
    return this.#answered<Reviewed & { reasoning: string }>(review, {
      request: (agent, skills) => reviewRequest(review, agent, skills),
      read: (parsed, skills) => readReview(parsed, skills, review),
      stub: (_skills, why) => stubReview(review.state, why),
    });
  }

  async #answered<T>(goal: PlanRequest, question: Question<T>): Promise<PlanningResult<T & Source>> {
    const agent = await this.#parts.agents.find(goal, goal.agentVersion);
    if (!agent.ok) return { outcome: agent, spend: NOTHING_SPENT };
    const skills = allowedSkills(this.#parts.skills, agent.value.skills);
    const asking: Asking<T> = { goal, question, skills };
    if (this.#parts.backend === 'stub') return this.#stub(asking, 'PLANNER_BACKEND is stub');

    const request = question.request(agent.value, skills);
    const first = await this.#ask(asking, { call: 1, request, spent: NOTHING_SPENT });
    if (!first.ok) return this.#unanswered(asking, first.error);
    const { said } = first.value;
    const spent = spendOf(first.value.completion);
    if (said.ok || said.error.retryable) return { outcome: said, spend: spent };

    const repair = repairRequest(request, first.value.completion, shortIssues(said.error));
    const second = await this.#ask(asking, { call: 2, request: repair, spent });
    if (!second.ok) return { outcome: fail(repeatable(second.error)), spend: spent };
    const again = second.value.said;
    const spend = sumOf(spent, spendOf(second.value.completion));
    if (again.ok || again.error.retryable) return { outcome: again, spend };
    return { outcome: fail(planningFailed(shortIssues(again.error))), spend };
  }

  async #ask<T>(
    { goal, question, skills }: Asking<T>,
    { call, request, spent }: { call: number; request: PlanningCall; spent: Spend },
  ): Promise<StructuredOutcome<Answer<T>>> {
    const { models, timeoutMs } = this.#parts;
    const completion = await models.complete({
      tenantId: goal.tenantId,
      idempotencyKey: planningKey(goal.runId, goal.keyNumber, call),
      timeoutMs,
      signal: goal.signal,
      traceparent: goal.traceparent,
      request: {
        ...request,
        max_cost_microcents: Math.max(0, goal.budgetMicrocents - spent.costMicrocents),
      },
    });
    if (!completion.ok) return completion;
    const { parsed, ...answer } = completion.value;
    const said = withSource(await question.read(parsed, skills), answer);
    return succeed({ completion: completion.value, said });
  }

  #unanswered<T>(asking: Asking<T>, error: ErrorSpec): PlanningResult<T & Source> {
    if (error.code !== 'provider_not_configured') {
      return { outcome: fail(repeatable(error)), spend: NOTHING_SPENT };
    }
    if (!this.#parts.isProduction) return this.#stub(asking, error.message);
    const message = `the run needs its planner and no model can be asked: ${error.message}`;
    return { outcome: fail(errorOf('planner_not_configured', message)), spend: NOTHING_SPENT };
  }

  #stub<T>({ question, skills }: Asking<T>, why: string): PlanningResult<T & Source> {
    this.#parts.onStub(why);
    const said = question.stub(skills, why);
    const outcome = said.ok ? succeed({ ...said.value, planner: 'stub', model: null }) : said;
    return { outcome, spend: NOTHING_SPENT };
  }
}

/** What was read, and who said it; of an answer that was cut that is what is wrong. */
function withSource<T>(
  said: StructuredOutcome<T>,
  { provider, response_model: model, stop_reason: stopReason }: Omit<LlmCompletion, 'parsed'>,
): StructuredOutcome<T & Source> {
  if (said.ok) return succeed({ ...said.value, planner: provider, model });
  if (stopReason !== 'max_tokens') return said;
  const cut = { field: '', message: 'was cut for its length; make the plan shorter' };
  return fail({ ...said.error, details: { issues: [cut, ...issuesIn(said.error.details)] } });
}

/** An empty list allows all; one that names a skill this process does not have allows the others. */
function allowedSkills(skills: SkillRegistry, allowed: readonly string[]): SkillRegistry {
  if (allowed.length === 0) return skills;
  return new Map([...skills].filter(([name]) => allowed.includes(name)));
}

/** The first request, what was answered, and what is wrong with that. */
function repairRequest(
  request: PlanningCall,
  { parsed, content }: LlmCompletion,
  issues: InputIssue[],
): PlanningCall {
  const answered = parsed === null ? content : JSON.stringify(parsed);
  const wrong = issues.map(({ field, message }) => `- ${field || '/'}: ${message}`);
  return {
    ...request,
    messages: [
      ...request.messages,
      { role: 'assistant', content: answered.trim() === '' ? '(no plan)' : answered },
      {
        role: 'user',
        content: ['This answer cannot be followed:', ...wrong, '', 'Give it again, whole and mended.'].join(
          '\n',
        ),
      },
    ],
  };
}

function shortIssues(error: ErrorSpec): InputIssue[] {
  return issuesIn(error.details)
    .slice(0, ISSUES_MAX)
    .map(({ field, message }) => ({
      field: field.slice(0, ISSUE_CHARS_MAX).toWellFormed(),
      message: message.slice(0, ISSUE_CHARS_MAX).toWellFormed(),
    }));
}

function planningFailed(issues: InputIssue[]): ErrorSpec {
  const [first] = issues;
  const which = first === undefined ? '' : `: ${first.field || '/'}: ${first.message}`;
  return errorOf('planning_failed', `the model gave no answer that can be followed, asked twice${which}`, {
    details: { issues },
  });
}

/** Under another key the same call may be made: what stood under this one was asked by other code. */
function repeatable(error: ErrorSpec): ErrorSpec {
  return error.code === 'idempotency_conflict' ? { ...error, retryable: true } : error;
}
