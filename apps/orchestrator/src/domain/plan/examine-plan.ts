import {
  EVENT_PAYLOAD_BYTES_MAX,
  retryPolicy,
  type Compensation,
  type InputIssue,
  type PlanStep,
  type PlanStepInput,
} from '@aos/contracts';
import type { JsonObject, Skill, SkillRegistry } from '../skill/skill.ts';
import { unknownSkillMessage } from '../skill/unknown-skill.ts';
import { deniedPlaces, paramIssues, type CallInPlan } from './check-step.ts';
import { examineCompensation } from './examine-compensation.ts';
import { nameSteps, repeatedIds, type NamedStep } from './step-ids.ts';
import { NONE_ENDED, type EndedSteps } from './ended-steps.ts';
import { orderSteps } from './step-order.ts';

export interface PlanLimits {
  maxSteps: number;
  /** Steps of the run that have ended, in its order: what comes now comes after them. */
  over?: EndedSteps;
}

/** A place that may not be reached, and the step that names it. */
export interface DeniedPlace extends InputIssue {
  stepId: string;
}

export interface ExaminedPlan {
  /** In topological order; whole only where there are no issues. */
  steps: PlanStep[];
  issues: InputIssue[];
  denied: DeniedPlace[];
}

/** What `plan.created` says beside the steps: the plan's id and where it came from. */
const PLAN_FRAME_BYTES = 1024;
const STEPS_BYTES_MAX = EVENT_PAYLOAD_BYTES_MAX - PLAN_FRAME_BYTES;

/** Reads a plan as a caller wrote it: the steps as they would run, and all that is wrong, pointing into `/plan`. */
export function examinePlan(
  input: readonly PlanStepInput[],
  skills: SkillRegistry,
  limits: PlanLimits,
): ExaminedPlan {
  // First, since what follows takes time by the size of the plan.
  const excess = [...lengthIssues(input, limits), ...sizeIssues(input)];
  if (excess.length > 0) return { steps: [], issues: excess, denied: [] };

  const { over = NONE_ENDED } = limits;
  const named = nameSteps(input, over);
  const order = orderSteps(named, over);
  const issues = [...repeatedIds(input, over), ...order.issues];
  const denied: DeniedPlace[] = [];
  const steps = new Map<number, PlanStep>();
  const known = new Set(named.map(({ stepId }) => stepId));
  for (const node of named) {
    const skill = skills.get(node.input.skill);
    if (skill === undefined) {
      const message = unknownSkillMessage(node.input.skill, skills);
      issues.push({ field: `/plan/${node.index}/skill`, message });
      continue;
    }
    const params = pipedParams(node, skill, skills);
    // Of a step that could not be put in order it is not known what comes before it.
    const upstream = order.upstream.get(node.stepId) ?? known;
    const { stepId } = node;
    const around = { upstream, known, over };
    const calls: CallInPlan[] = [{ place: `/plan/${node.index}`, stepId, skill, params, ...around }];
    const undo = examineCompensation(node, skills, around);
    if (undo?.call !== undefined) calls.push(undo.call);
    issues.push(...(undo?.issues ?? []), ...calls.flatMap(paramIssues));
    denied.push(...calls.flatMap(deniedPlaces).map((place) => ({ ...place, stepId })));
    steps.set(node.index, completeStep(node, skill, params, undo?.compensation));
  }
  const ordered = order.ordered.flatMap(({ index }) => steps.get(index) ?? []);
  return { steps: ordered, issues: [...issues, ...sizeIssues(ordered)], denied };
}

function completeStep(
  { input, stepId, dependsOn }: NamedStep,
  skill: Skill,
  params: JsonObject,
  compensation: Compensation | undefined,
): PlanStep {
  return {
    step_id: stepId,
    skill: skill.spec.name,
    skill_version: skill.spec.version,
    params,
    depends_on: [...dependsOn],
    ...(input.description === undefined ? {} : { description: input.description }),
    timeout_ms: input.timeout_ms ?? skill.spec.timeout_ms,
    // Of an agent that failed another run is made only where the step says so.
    retry: input.retry ?? retryPolicy.parse(skill.awaits === 'child_run' ? { maximum_attempts: 1 } : {}),
    ...(input.on_failure === undefined ? {} : { on_failure: input.on_failure }),
    ...(compensation === undefined ? {} : { compensate_with: compensation }),
  };
}

/** In a plain sequence the output of the step before goes where the skill takes it, unless the caller said otherwise. */
function pipedParams({ input, previous }: NamedStep, skill: Skill, skills: SkillRegistry): JsonObject {
  const target = skill.spec.pipe_into;
  if (target === undefined || previous === undefined || Object.hasOwn(input.params, target))
    return input.params;
  const pipe = skills.get(previous.input.skill)?.spec.pipe;
  const output = pipe === undefined ? 'output' : `output.${pipe}`;
  return { ...input.params, [target]: `\${{ steps.${previous.stepId}.${output} }}` };
}

function lengthIssues(input: readonly PlanStepInput[], { maxSteps }: PlanLimits): InputIssue[] {
  if (input.length <= maxSteps) return [];
  return [{ field: '/plan', message: `the plan has ${input.length} steps; at most ${maxSteps} are allowed` }];
}

function sizeIssues(steps: readonly PlanStepInput[] | readonly PlanStep[]): InputIssue[] {
  const bytes = Buffer.byteLength(JSON.stringify(steps));
  if (bytes <= STEPS_BYTES_MAX) return [];
  return [
    { field: '/plan', message: `the plan takes ${bytes} bytes; at most ${STEPS_BYTES_MAX} are allowed` },
  ];
}
