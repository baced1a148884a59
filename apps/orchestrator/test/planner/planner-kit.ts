import {
  errorOf,
  fail,
  succeed,
  type ErrorSpec,
  type LlmCompletion,
  type StructuredOutcome,
} from '@aos/contracts';
import { v7 as newId } from 'uuid';
import { z } from 'zod';
import type { PlanRequest } from '../../src/application/engine/ports.ts';
import type { ModelCall, ModelCalls } from '../../src/application/model-calls.ts';
import { ModelPlanner } from '../../src/application/planner/model-planner.ts';
import type { Json, JsonObject, SkillRegistry } from '../../src/domain/skill/skill.ts';
import { defineSkill } from '../../src/outbound/skills/define-skill.ts';

const pure = { hasSideEffects: () => false, isIdempotent: () => true };
const manifest = {
  version: '1.0.0',
  side_effects: 'none',
  idempotent: 'always',
  cost_microcents: 0,
  latency_ms: 1,
  timeout_ms: 1_000,
} as const;

/** Two skills, one of which may not say a private address. */
export const SKILLS: SkillRegistry = new Map(
  [
    defineSkill({
      ...pure,
      ...manifest,
      name: 'echo',
      description: 'Says a text.',
      params: z.strictObject({ text: z.string() }),
      output: z.object({ text: z.string() }),
      forbiddenPlaces: ({ text }) =>
        text === 'http://10.0.0.1' ? [{ field: '/text', message: 'is private' }] : [],
      run: async ({ text }) => succeed({ text }),
    }),
    defineSkill({
      ...pure,
      ...manifest,
      name: 'json_transform',
      description: 'Transforms JSON.',
      pipe: 'result',
      pipe_into: 'input',
      params: z.strictObject({ input: z.json(), query: z.string() }),
      output: z.object({ result: z.json() }),
      run: async ({ input }) => succeed({ result: input }),
    }),
  ].map((skill) => [skill.spec.name, skill]),
);

export const echoStep = (more: Record<string, Json> = {}): JsonObject => ({
  step_id: 'say',
  skill: 'echo',
  params: { text: 'hi' },
  ...more,
});

export const GOOD: Json = { reasoning: 'it only has to be said', steps: [echoStep()] };
export const BAD: Json = { reasoning: 'fly', steps: [echoStep({ skill: 'fly' })] };

/** A completion with this object in it. */
export function completion(parsed: Json, more: Partial<LlmCompletion> = {}): LlmCompletion {
  return {
    request_id: newId(),
    provider: 'anthropic',
    model: 'claude-x',
    response_model: 'claude-x-2026',
    content: '',
    parsed,
    stop_reason: 'end_turn',
    input_tokens: 100,
    cache_read_tokens: 0,
    cache_write_tokens: 0,
    output_tokens: 10,
    cost_microcents: 400,
    cost_cents: 0.0004,
    latency_ms: 1,
    replayed: false,
    ...more,
  };
}

type Answer = StructuredOutcome<LlmCompletion>;

/** Answers one after the other; `calls` is what was asked. */
export function modelsAnswering(...answers: Answer[]): ModelCalls & { calls: ModelCall[] } {
  const calls: ModelCall[] = [];
  return {
    calls,
    complete: async (call) => {
      calls.push(call);
      return answers[calls.length - 1] ?? fail(errorOf('unavailable', 'asked too often'));
    },
  };
}

interface Planning {
  models?: ModelCalls;
  backend?: 'anthropic' | 'stub';
  isProduction?: boolean;
  agent?: { instructions?: string; skills?: string[]; model?: string | null };
  missing?: ErrorSpec;
}

/** A planner of one agent; `stubs` is why goals got a stub. */
export function plannerOf({ models = modelsAnswering(), agent = {}, missing, ...more }: Planning) {
  const stubs: string[] = [];
  const planner = new ModelPlanner({
    backend: 'anthropic',
    isProduction: false,
    timeoutMs: 5_000,
    skills: SKILLS,
    models,
    agents: {
      find: async () =>
        missing === undefined
          ? succeed({ instructions: '', skills: [], model: null, ...agent })
          : fail(missing),
    },
    onStub: (why) => stubs.push(why),
    ...more,
  });
  return { planner, stubs };
}

export function goal(more: Partial<PlanRequest> = {}): PlanRequest {
  return {
    runId: '019b76da-b940-7d77-812d-76c1d6cc1601',
    tenantId: 'acme',
    agentId: '019b76da-b940-7d77-812d-76c1d6cc1602',
    agentVersion: 1,
    goal: 'say hi',
    context: {},
    maxSteps: 5,
    isAdaptive: false,
    budgetMicrocents: 1_000,
    keyNumber: 1,
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    signal: new AbortController().signal,
    ...more,
  };
}
