import { errorOf, fail, succeed, type LlmCompletion, type StructuredOutcome } from '@aos/contracts';
import type { ModelCall, ModelCalls } from '../../../src/application/model-calls.ts';
import type { MemoryEngineStore } from '../memory-engine-store.ts';
import type { Random } from './random.ts';
import type { SimProcess } from './sim-process.ts';
import { drawnReview, isReview, toldSteps } from './sim-reviews.ts';
import type { World } from './world.ts';

/** How planning a goal goes; stands in the goal itself, since that is what a model reads. */
export interface PlanningFate {
  /** Calls that fail first. */
  fails: number;
  /** Plans that cannot be run, of the two that are asked for. */
  invalid: number;
  takes_ms: number;
  code: 'upstream_error' | 'rate_limited' | 'provider_not_configured' | 'budget_exceeded';
  steps: unknown[];
}

interface Kept {
  request: string;
  completion: LlmCompletion;
}

const COST_MICROCENTS = 900;

export function drawnFate(random: Random, steps: unknown[]): PlanningFate {
  return {
    fails: random.isTrue(0.3) ? random.int(1, 6) : 0,
    invalid: random.isTrue(0.3) ? random.int(1, 2) : 0,
    takes_ms: random.isTrue(0.4) ? random.int(100, 15_000) : 0,
    code: random.isTrue(0.1)
      ? random.pick(['provider_not_configured', 'budget_exceeded'])
      : random.pick(['upstream_error', 'rate_limited']),
    steps,
  };
}

/** The goal whose planning goes like that. */
export const goalOf = (number: number, fate: PlanningFate): string =>
  `goal ${number} ${JSON.stringify(fate)}`;

/** The router and the models behind it: keeps each answer by its key, and counts what is paid. */
export class SimRouter {
  readonly #world: World;
  readonly #store: MemoryEngineStore;
  readonly #kept = new Map<string, Kept>();
  /** By run. */
  readonly #calls = new Map<string, number>();
  readonly #paid = new Map<string, number>();

  constructor(world: World, store: MemoryEngineStore) {
    this.#world = world;
    this.#store = store;
  }

  /** What planning the run has cost, whoever knows of it. */
  paidFor(runId: string): number {
    return this.#paid.get(runId) ?? 0;
  }

  /** The models as one process calls them. */
  modelsOf(process: SimProcess): ModelCalls {
    return { complete: (call) => this.#complete(process, call) };
  }

  #complete(process: SimProcess, call: ModelCall): Promise<StructuredOutcome<LlmCompletion>> {
    const { run_id: runId = '', messages } = call.request;
    const fate = fateIn(messages[0]?.content ?? '');
    if (!this.#store.journals.events(runId).some(({ type }) => type === 'run.started'))
      this.#world.violate(`planning was paid before the start of its run was durable: ${runId}`);
    if (isReview(call.request)) this.#checkTold(runId, call);
    const gone = new Promise<StructuredOutcome<LlmCompletion>>((resolve) => {
      const leave = (): void => resolve(fail(errorOf('deadline_exceeded', 'the caller has gone')));
      if (call.signal.aborted) leave();
      call.signal.addEventListener('abort', leave, { once: true });
    });
    const answered = this.#world.call({
      actor: process,
      what: `plan ${runId.slice(-6)} ${call.idempotencyKey.slice(0, 6)}`,
      takesMs: fate.takes_ms,
      onLost: () => fail(errorOf('unavailable', 'the connection was lost')),
      apply: async () => this.#answer(runId, call, fate),
    });
    return Promise.race([answered, gone]);
  }

  /** What a planner is told has happened, whatever becomes of the process that tells it. */
  #checkTold(runId: string, { request }: ModelCall): void {
    const journal = this.#store.journals.events(runId);
    const isEnded = ({ step_id: told }: { step_id: string }): boolean =>
      journal.some(
        ({ type, data }) => type === 'step.finished' && 'step_id' in data && data.step_id === told,
      );
    const early = toldSteps(request).filter((step) => step.status !== 'pending' && !isEnded(step));
    if (early.length > 0)
      this.#world.violate(`a planner was told of what is not durable: ${runId} ${JSON.stringify(early)}`);
  }

  #answer(
    runId: string,
    { idempotencyKey: key, request }: ModelCall,
    fate: PlanningFate,
  ): StructuredOutcome<LlmCompletion> {
    const kept = this.#kept.get(key);
    if (kept !== undefined) {
      if (kept.request !== JSON.stringify(request))
        this.#world.violate(`one key was used for two planning calls: ${runId}`);
      return succeed({ ...kept.completion, replayed: true });
    }
    const calls = (this.#calls.get(runId) ?? 0) + 1;
    this.#calls.set(runId, calls);
    const isFinal = fate.code === 'provider_not_configured' || fate.code === 'budget_exceeded';
    if (isFinal || calls <= fate.fails) return fail(errorOf(fate.code, 'not now'));
    const completion = completionOf(
      isReview(request)
        ? drawnReview(this.#world.random, toldSteps(request), `r${calls}`)
        : planFrom(request.messages.length === 1 ? 1 : 2, fate),
    );
    this.#kept.set(key, { request: JSON.stringify(request), completion });
    this.#paid.set(runId, this.paidFor(runId) + COST_MICROCENTS);
    return succeed(completion);
  }
}

function fateIn(prompt: string): PlanningFate {
  const [, json = ''] = /<goal>goal \d+ (.*)<\/goal>/.exec(prompt) ?? [];
  return JSON.parse(json) as PlanningFate;
}

function planFrom(call: number, { steps, invalid }: PlanningFate): object {
  const unknownSkill = [{ step_id: 's0', skill: 'nowhere', params: {} }];
  return { reasoning: 'drawn', steps: call <= invalid ? unknownSkill : steps };
}

function completionOf(answer: object): LlmCompletion {
  return {
    request_id: '00000000-0000-7000-8000-000000000000',
    provider: 'simulated',
    model: 'simulated',
    response_model: 'simulated',
    content: '',
    parsed: JSON.parse(JSON.stringify(answer)),
    stop_reason: 'end_turn',
    input_tokens: 100,
    cache_read_tokens: 0,
    cache_write_tokens: 0,
    output_tokens: 10,
    cost_microcents: COST_MICROCENTS,
    cost_cents: COST_MICROCENTS / 1_000_000,
    latency_ms: 1,
    replayed: false,
  };
}
