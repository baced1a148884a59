import { createHash } from 'node:crypto';
import {
  ARTIFACT_BYTES_MAX,
  EVENT_PAYLOAD_BYTES_MAX,
  errorOf,
  fail,
  succeed,
  type ArtifactRef,
} from '@aos/contracts';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { fold } from '../../domain/run/evolve.ts';
import type { NewRunEvent, RunState } from '../../domain/run/state.ts';
import type { Json, JsonObject, Skill, SkillCall } from '../../domain/skill/skill.ts';
import { ArtifactKeeper } from '../artifacts/artifact-keeper.ts';
import { Interruption } from './interruption.ts';
import { ToolAdapter, type Attempt } from './tool-adapter.ts';

const TIME = '2026-01-01T00:00:00.000Z';
const LARGE = { total: 7, rows: 'é'.repeat(EVENT_PAYLOAD_BYTES_MAX / 2) };

const kept = new Map<string, Uint8Array>();
let isStoreAway = false;

beforeEach(() => {
  kept.clear();
  isStoreAway = false;
});

const AWAY = fail(errorOf('artifact_unavailable', 'away'));

/** A process that has nothing at hand. */
const freshKeeper = () =>
  new ArtifactKeeper({
    put: async (tenantId, content) => {
      if (isStoreAway) return AWAY;
      const sha256 = createHash('sha256').update(content).digest('hex');
      kept.set(`${tenantId}/${sha256}`, content);
      return succeed({ sha256, bytes: content.byteLength });
    },
    get: async (tenantId, sha256) => {
      const content = kept.get(`${tenantId}/${sha256}`);
      return isStoreAway || content === undefined ? AWAY : succeed(content);
    },
    ping: async () => undefined,
  });

/** A run whose first step has ended so. */
function stateAfter(output: Json, outputArtifact: ArtifactRef | null): RunState {
  const step = {
    timeout_ms: 1_000,
    retry: RETRY,
    skill: 'pure',
    skill_version: '1',
    params: {},
    depends_on: [],
  };
  const events: NewRunEvent[] = [
    {
      type: 'run.queued',
      time: TIME,
      data: {
        goal: 'g',
        agent_version: 1,
        priority: 5,
        max_steps: 9,
        reserved_microcents: 0,
        context: {},
        labels: {},
      },
    },
    {
      type: 'plan.created',
      time: TIME,
      data: {
        plan_id: '00000000-0000-4000-8000-000000000000',
        metadata: METADATA,
        steps: [
          { ...step, step_id: 'first' },
          { ...step, step_id: 'second' },
        ],
      },
    },
    { type: 'run.started', time: TIME, data: { engine_version: 1 } },
    {
      type: 'step.finished',
      time: TIME,
      data: {
        step_id: 'first',
        skill: 'pure',
        status: 'succeeded',
        attempts: 1,
        output,
        error: null,
        started_at: TIME,
        latency_ms: 0,
        cost_microcents: 0,
        ...(outputArtifact === null ? {} : { output_artifact: outputArtifact }),
      },
    },
  ];
  return fold(events.map((event, at) => ({ ...event, seq: at + 1 })));
}
const RETRY = {
  maximum_attempts: 1,
  initial_interval_ms: 1,
  backoff_coefficient: 1,
  maximum_interval_ms: 1,
};
const METADATA = {
  planner: 'given',
  model: null,
  reasoning: null,
  input_tokens: 0,
  output_tokens: 0,
  latency_ms: 0,
};

type Execute = (call: SkillCall) => ReturnType<Skill['execute']>;

/** Calls a step of a skill that changes nothing outside. */
function attempt(
  execute: Execute,
  params: JsonObject = {},
  state = stateAfter('small', null),
): Promise<Attempt> {
  const skill: Skill = {
    spec: {
      name: 'pure',
      version: '1',
      description: '',
      input_schema: {},
      output_schema: {},
      side_effects: 'none',
      idempotent: 'always',
      cost_microcents: 0,
      latency_ms: 1,
      timeout_ms: 1_000,
    },
    validate: () => [],
    forbiddenPlaces: () => [],
    usualCostMicrocents: () => 0,
    hasSideEffects: () => false,
    isIdempotent: () => true,
    undoOf: () => null,
    execute,
  };
  const adapter = new ToolAdapter({
    skills: new Map([['pure', skill]]),
    artifacts: freshKeeper(),
    lease: { beforeEffect: async () => undefined },
    clock: { now: () => 0, sleep: () => new Promise(() => undefined), after: () => () => undefined },
  });
  const step = {
    step_id: 'second',
    skill: 'pure',
    skill_version: '1',
    params,
    timeout_ms: 1_000,
    retry: RETRY,
    depends_on: [],
  };
  return adapter.call({
    claim: {
      runId: '01940b4d-1c00-7000-8000-000000000001',
      tenantId: 'acme',
      agentId: 'a',
      traceparent: '',
      seq: 4,
      enqueueNo: 1,
      idleClaims: 1,
      hasSignals: false,
    },
    state,
    command: { type: 'call', step, attempt: 1, intent: null, notBefore: null, undoing: null },
    heldMicrocents: 0,
    traceparent: '',
    cut: new Interruption(),
    announce: async () => undefined,
  });
}

const gives =
  (output: Json): Execute =>
  async () =>
    succeed({ output });

/** What a large output is in the journal. */
async function largeOutput(): Promise<ArtifactRef> {
  const { outcome } = await attempt(gives(LARGE));
  if (!outcome.ok || outcome.value.outputArtifact === null) throw new Error('it was not kept');
  return outcome.value.outputArtifact;
}

describe('an output', () => {
  it('that fits an event stands in it, up to the last byte', async () => {
    const text = 'x'.repeat(EVENT_PAYLOAD_BYTES_MAX - 2);
    expect((await attempt(gives(text))).outcome).toEqual(succeed({ output: text, outputArtifact: null }));
    expect(kept.size).toBe(0);
    const longer = await attempt(gives(`${text}x`));
    expect(longer.outcome).toMatchObject({
      value: { output: null, outputArtifact: { bytes: text.length + 3 } },
    });
  });

  it('that does not is kept for its tenant as JSON named after the step', async () => {
    const artifact = await largeOutput();
    const json = JSON.stringify(LARGE);
    expect(artifact).toEqual({
      name: 'second.output.json',
      media_type: 'application/json',
      bytes: Buffer.byteLength(json),
      sha256: createHash('sha256').update(json).digest('hex'),
    });
    expect(Buffer.from(kept.get(`acme/${artifact.sha256}`) ?? []).toString()).toBe(json);
  });

  it('over the limit of artifacts fails the step', async () => {
    const { outcome } = await attempt(gives('x'.repeat(ARTIFACT_BYTES_MAX)));
    expect(outcome).toMatchObject({ error: { code: 'payload_limit', retryable: false } });
  });

  it('with a NUL is refused where it stands in an event', async () => {
    expect((await attempt(gives('a\u0000b'))).outcome).toMatchObject({ error: { code: 'payload_limit' } });
  });

  it('that cannot be kept is to be made again', async () => {
    isStoreAway = true;
    expect(await attempt(gives(LARGE))).toMatchObject({
      mayRepeat: true,
      outcome: { error: { code: 'artifact_unavailable', retryable: true } },
    });
  });
});

describe('a reference to a large output', () => {
  it.each<[string, Json]>([
    ['${{ steps.first.output }}', LARGE],
    ['${{ steps.first.output.total }}', 7],
    ['total: ${{ steps.first.output.total }}!', 'total: 7!'],
  ])('%s is resolved by a process that has it not at hand', async (value, resolved) => {
    const state = stateAfter(null, await largeOutput());
    let seen: Json | undefined;
    const execute: Execute = async ({ params }) => {
      seen = params['value'];
      return succeed({ output: null });
    };
    await attempt(execute, { value }, state);
    expect(seen).toEqual(resolved);
  });

  it('to a part that is not there fails the step', async () => {
    const state = stateAfter(null, await largeOutput());
    const { outcome } = await attempt(gives(1), { value: '${{ steps.first.output.missing }}' }, state);
    expect(outcome).toMatchObject({ error: { code: 'invalid_reference' } });
  });

  it('waits for a store that is away; without one nothing is read', async () => {
    const state = stateAfter(null, await largeOutput());
    isStoreAway = true;
    expect(await attempt(gives(1), { value: '${{ steps.first.output.total }}' }, state)).toMatchObject({
      mayRepeat: true,
      outcome: { error: { code: 'artifact_unavailable', retryable: true } },
    });
    expect((await attempt(gives(1), { value: '${{ goal }}' }, state)).outcome).toMatchObject({ ok: true });
  });

  it('may not blow params up over the limit', async () => {
    const state = stateAfter(null, await largeOutput());
    const many = Array.from({ length: 1_100 }, () => '${{ steps.first.output }}');
    expect((await attempt(gives(1), { many }, state)).outcome).toMatchObject({
      error: { code: 'payload_limit' },
    });
  });
});

describe('a call', () => {
  it('tells what files it kept', async () => {
    const file = { name: 'a.txt', mediaType: 'text/plain', content: Buffer.from('a') };
    const execute: Execute = async ({ keepFile }) => {
      await keepFile(file);
      await keepFile({ ...file, content: Buffer.alloc(ARTIFACT_BYTES_MAX + 1) });
      return succeed({ output: null });
    };
    expect((await attempt(execute)).files).toMatchObject([{ name: 'a.txt', bytes: 1 }]);
  });

  it('has one key, the same at every attempt, though it is made only when asked for', async () => {
    const keys: string[] = [];
    const execute: Execute = async (call) => {
      keys.push(call.idempotencyKey, call.idempotencyKey);
      return succeed({ output: null });
    };
    await attempt(execute, { a: 1 });
    await attempt(execute, { a: 1 });
    await attempt(execute, { a: 2 });
    expect(new Set(keys.slice(0, 4)).size).toBe(1);
    expect(new Set(keys).size).toBe(2);
  });
});
