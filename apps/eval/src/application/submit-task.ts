import {
  errorOf,
  fail,
  succeed,
  type ErrorSpec,
  type RequestContext,
  type StructuredOutcome,
} from '@aos/contracts';
import { openSpan } from '@aos/telemetry';
import { unjudgedEnding } from '../domain/task-ending.ts';
import type { OpenTask } from './evaluation-work.ts';
import { serviceContext } from './service-context.ts';
import { endTask, type TaskParts } from './task-parts.ts';

/** A short run has ended by then; its event may have come before it was known here whose it is. */
const FIRST_LOOK_MS = 200;
const AGAIN_MS_MIN = 500;
const AGAIN_MS_MAX = 10_000;
/** An agent that is gone as often as it is made is not made again. */
const AGENTS_MAX = 3;

/** Submits a task as a goal of the tenant's eval agent. Its key names evaluation and task, so there is one run however often it is tried. */
export async function submitTask(parts: TaskParts, task: OpenTask, signal: AbortSignal): Promise<void> {
  const span = openSpan('submit golden task', {
    kind: 'internal',
    parent: task.traceparent,
    attributes: { 'aos.evaluation_id': task.evaluationId, 'aos.task': task.golden.name },
  });
  const context = serviceContext({ tenantId: task.tenantId, traceparent: span.traceparent, signal });
  const submitted = await submit(parts, task, context);
  if (submitted.ok) {
    await parts.work.submitted(task, submitted.value, FIRST_LOOK_MS);
  } else {
    span.fail(submitted.error);
    await refuse(parts, task, submitted.error);
  }
  span.end();
}

async function submit(
  parts: TaskParts,
  task: OpenTask,
  context: RequestContext,
): Promise<StructuredOutcome<string>> {
  const agent = task.agentId === null ? await assignAgent(parts, task, context) : succeed(task.agentId);
  if (!agent.ok) return agent;
  const { name, goal, plan, context: facts } = task.golden;
  const submitted = await parts.runs.submit(context, {
    agent_id: agent.value,
    goal,
    ...(plan === undefined ? {} : { plan }),
    ...(facts === undefined ? {} : { context: facts }),
    priority: 5,
    labels: { evaluation_id: task.evaluationId, task: name },
    idempotency_key: `eval:${task.evaluationId}:${name}`,
  });
  if (submitted.ok || submitted.error.code !== 'not_found' || task.refusals >= AGENTS_MAX) return submitted;
  // The agent was deleted; a key that had been used would have been answered with its run.
  const successor = await assignAgent(parts, { ...task, agentId: agent.value }, context);
  if (!successor.ok) return successor;
  return fail(errorOf('unavailable', 'the eval agent was deleted; there is a new one', { retryAfterMs: 0 }));
}

async function assignAgent(
  { agents, runs, work }: TaskParts,
  task: OpenTask,
  context: RequestContext,
): Promise<StructuredOutcome<string>> {
  const agent = await agents.agentOf(task.tenantId, () => runs.createAgent(context), task.agentId);
  return agent.ok ? succeed(await work.assign(task, agent.value, task.agentId)) : agent;
}

/** What passes is tried again, more and more rarely; the rest is the task's result. */
async function refuse(parts: TaskParts, task: OpenTask, error: ErrorSpec): Promise<void> {
  if (error.retryable && !task.isGivenUp) {
    const grownMs = Math.min(AGAIN_MS_MIN * 2 ** task.refusals, AGAIN_MS_MAX);
    return parts.work.refused(task, error.retry_after_ms ?? grownMs);
  }
  await endTask(parts, task, unjudgedEnding(`the goal was refused: ${error.code}: ${error.message}`));
}
