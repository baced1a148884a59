import { errorOf, fail, type ChildRunInput, type StructuredOutcome } from '@aos/contracts';
import type { Span } from '@aos/telemetry';
import type { SkillResult, Spend } from '../../domain/skill/skill.ts';
import type { ChildDesk } from '../children/child-desk.ts';
import type { CallRequest } from './tool-adapter.ts';

interface Invoking {
  request: CallRequest;
  key: () => string;
  charge: (spend: Spend) => void;
  budgetMicrocents: number;
  span: Pick<Span, 'traceparent'>;
}

/** A call that invokes an agent; each attempt has a child of its own. */
export function invokeBy(
  children: Pick<ChildDesk, 'invoke'> | undefined,
  { request: { claim, state, command }, key, span, ...invoking }: Invoking,
  child: ChildRunInput,
): Promise<StructuredOutcome<SkillResult>> {
  if (children === undefined)
    return Promise.resolve(fail(errorOf('skill_failed', 'no agent can be invoked here')));
  const stepId = command.step.step_id;
  const startedAt = state.steps[stepId]?.startedAt ?? null;
  const invocation = {
    ...invoking,
    traceparent: span.traceparent,
    claim,
    state,
    stepId,
    startedAtMs: startedAt === null ? null : Date.parse(startedAt),
    key: `${key()}:${command.attempt}`,
  };
  return children.invoke(invocation, child);
}
