import {
  errorOf,
  fail,
  succeed,
  type ErrorSpec,
  type InputIssue,
  type InputOf,
  type LlmCompletion,
  type StructuredOutcome,
  type llmComplete,
} from '@aos/contracts';
import { NOTHING_SPENT, sumOf, type SkillRegistry, type Spend } from '../../domain/skill/skill.ts';
import { planningKey } from '../effect-key.ts';
import type { PlannedSteps, Planner, PlanningResult, PlanRequest } from '../engine/ports.ts';
import { spendOf, type ModelCalls } from '../model-calls.ts';
import { planningRequest, type PlanningAgent } from './planning-prompt.ts';
import { issuesIn, readPlan } from './read-plan.ts';
import { stubPlan } from './stub-plan.ts';

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

type LlmRequest = Omit<InputOf<typeof llmComplete>, 'max_cost_microcents'>;

/** An answer that was paid, and the plan in it. */
interface Answer {
  completion: LlmCompletion;
  plan: StructuredOutcome<PlannedSteps>;
}

/** Issues told to the model and kept with the failure. */
const ISSUES_MAX = 20;
const ISSUE_CHARS_MAX = 300;

/**
 * Plans goals by a model, called through the router. A plan that cannot be run is sent back once with what is wrong.
 * Where no provider is configured, outside production, a stub takes its place and says so.
 */
export class ModelPlanner implements Planner {
  readonly #parts: PlannerParts;

  constructor(parts: PlannerParts) {
    this.#parts = parts;
  }

  async plan(goal: PlanRequest): Promise<PlanningResult> {
    const agent = await this.#parts.agents.find(goal, goal.agentVersion);
    if (!agent.ok) return { outcome: agent, spend: NOTHING_SPENT };
    const skills = allowedSkills(this.#parts.skills, agent.value.skills);
    if (this.#parts.backend === 'stub') return this.#stub(goal, skills, 'PLANNER_BACKEND is stub');

    const request = planningRequest(goal, agent.value, skills);
    const first = await this.#ask(goal, skills, { call: 1, request, spent: NOTHING_SPENT });
    if (!first.ok) return this.#unanswered(goal, skills, first.error);
    const spent = spendOf(first.value.completion);
    if (first.value.plan.ok) return { outcome: first.value.plan, spend: spent };

    const issues = shortIssues(first.value.plan.error);
    const repair = repairRequest(request, first.value.completion, issues);
    const second = await this.#ask(goal, skills, { call: 2, request: repair, spent });
    if (!second.ok) return { outcome: fail(repeatable(second.error)), spend: spent };
    const { plan, completion } = second.value;
    const spend = sumOf(spent, spendOf(completion));
    return { outcome: plan.ok ? plan : fail(planningFailed(shortIssues(plan.error))), spend };
  }

  async #ask(
    goal: PlanRequest,
    skills: SkillRegistry,
    { call, request, spent }: { call: number; request: LlmRequest; spent: Spend },
  ): Promise<StructuredOutcome<Answer>> {
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
    return succeed({ completion: completion.value, plan: planIn(completion.value, skills, goal) });
  }

  #unanswered(goal: PlanRequest, skills: SkillRegistry, error: ErrorSpec): PlanningResult {
    if (error.code !== 'provider_not_configured') {
      return { outcome: fail(repeatable(error)), spend: NOTHING_SPENT };
    }
    if (!this.#parts.isProduction) return this.#stub(goal, skills, error.message);
    const message = `the goal came without a plan and no model can be asked for one: ${error.message}`;
    return { outcome: fail(errorOf('planner_not_configured', message)), spend: NOTHING_SPENT };
  }

  #stub(goal: PlanRequest, skills: SkillRegistry, why: string): PlanningResult {
    this.#parts.onStub(why);
    return { outcome: stubPlan(skills, goal, why), spend: NOTHING_SPENT };
  }
}

function planIn(
  completion: LlmCompletion,
  skills: SkillRegistry,
  limits: { maxSteps: number },
): StructuredOutcome<PlannedSteps> {
  const { parsed, provider, response_model: model, stop_reason: stopReason } = completion;
  const plan = readPlan(parsed, skills, limits);
  if (plan.ok) return succeed({ ...plan.value, planner: provider, model });
  if (stopReason !== 'max_tokens') return plan;
  const cut = { field: '', message: 'was cut for its length; make the plan shorter' };
  return fail({ ...plan.error, details: { issues: [cut, ...issuesIn(plan.error.details)] } });
}

/** An empty list allows all; one that names a skill this process does not have allows the others. */
function allowedSkills(skills: SkillRegistry, allowed: readonly string[]): SkillRegistry {
  if (allowed.length === 0) return skills;
  return new Map([...skills].filter(([name]) => allowed.includes(name)));
}

/** The first request, what was answered, and what is wrong with that. */
function repairRequest(
  request: LlmRequest,
  { parsed, content }: LlmCompletion,
  issues: InputIssue[],
): LlmRequest {
  const answered = parsed === null ? content : JSON.stringify(parsed);
  const wrong = issues.map(({ field, message }) => `- ${field || '/'}: ${message}`);
  return {
    ...request,
    messages: [
      ...request.messages,
      { role: 'assistant', content: answered.trim() === '' ? '(no plan)' : answered },
      {
        role: 'user',
        content: ['This plan cannot be run:', ...wrong, '', 'Give the whole plan again, mended.'].join('\n'),
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
  return errorOf('planning_failed', `the model gave no plan that can be run, asked twice${which}`, {
    details: { issues },
  });
}

/** Under another key the same call may be made: what stood under this one was asked by other code. */
function repeatable(error: ErrorSpec): ErrorSpec {
  return error.code === 'idempotency_conflict' ? { ...error, retryable: true } : error;
}
