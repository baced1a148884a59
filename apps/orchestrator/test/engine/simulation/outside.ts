import {
  EVENT_PAYLOAD_BYTES_MAX,
  MAX_PARALLEL_DEFAULT,
  errorOf,
  fail,
  succeed,
  type StructuredOutcome,
} from '@aos/contracts';
import type { JournalRow } from '../../../src/application/engine/ports.ts';
import {
  NOTHING_SPENT,
  type Json,
  type JsonObject,
  type Skill,
  type SkillCall,
  type SkillRegistry,
  type SkillResult,
} from '../../../src/domain/skill/skill.ts';
import type { MemoryEngineStore } from '../memory-engine-store.ts';
import type { SimProcess } from './sim-process.ts';
import type { World } from './world.ts';

interface Kind {
  name: string;
  hasSideEffects: boolean;
  isIdempotent: boolean;
  costMicrocents: number;
  isUndo?: boolean;
}

const FORWARD: Kind[] = [
  { name: 'pure', hasSideEffects: false, isIdempotent: true, costMicrocents: 0 },
  { name: 'repeatable', hasSideEffects: true, isIdempotent: true, costMicrocents: 300 },
  { name: 'once', hasSideEffects: true, isIdempotent: false, costMicrocents: 700 },
];

const UNDOS: Kind[] = [
  { name: 'undo_pure', hasSideEffects: false, isIdempotent: true, costMicrocents: 0, isUndo: true },
  { name: 'undo', hasSideEffects: true, isIdempotent: true, costMicrocents: 110, isUndo: true },
  { name: 'undo_once', hasSideEffects: true, isIdempotent: false, costMicrocents: 130, isUndo: true },
];

/** Some outputs are too large for an event. */
const LARGE_TEXT = 'x'.repeat(EVENT_PAYLOAD_BYTES_MAX);

/** A skill may be wrong: it then throws. */
export class SkillBugError extends Error {}

const WATCHED = FORWARD.filter(({ hasSideEffects }) => hasSideEffects).map(({ name }) => name);

export const SKILL_NAMES = FORWARD.map(({ name }) => name);
export const UNDO_NAMES = UNDOS.map(({ name }) => name);

/** Everything beyond the engine: where effects happen and events arrive. Watches that nothing forbidden does. */
export class Outside {
  /** How often each effect happened, by run, step and generation, then by key; what undoes one has a place of its own. */
  readonly effects = new Map<string, { skill: string; byKey: Map<string, number> }>();
  /** The last call of each step, by process and run. */
  readonly #underWay = new Map<string, Map<string, AbortSignal>>();
  readonly #published = new Set<string>();
  /** Calls of a step so far, by run and step. */
  readonly #calls = new Map<string, number>();
  /** Repeats that a person allowed, by run and step. */
  readonly #repeats = new Map<string, number>();
  readonly #world: World;
  readonly #store: MemoryEngineStore;
  readonly #hasLargeOutputs: boolean;

  constructor(world: World, store: MemoryEngineStore, hasLargeOutputs: boolean) {
    this.#world = world;
    this.#store = store;
    this.#hasLargeOutputs = hasLargeOutputs;
  }

  /** A person takes it on themselves that the effect may happen once more. */
  allowRepeat(runId: string, stepId: string, isUndo: boolean): void {
    const place = placeOf({ isUndo }, { runId, stepId });
    this.#repeats.set(place, (this.#repeats.get(place) ?? 0) + 1);
  }

  /** Whether the effects of a skill happen here. */
  watches(skill: string): boolean {
    return WATCHED.includes(skill);
  }

  isPublished(runId: string, seq: number): boolean {
    return this.#published.has(`${runId}/${seq}`);
  }

  async receive(rows: readonly JournalRow[]): Promise<void> {
    for (const { runId, event } of rows) {
      const journalled = this.#store.journals.event(runId, event.seq);
      if (JSON.stringify(journalled) !== JSON.stringify(event))
        this.#world.violate(
          `published an event that is not in the journal: ${runId}/${event.seq} ${event.type}`,
        );
      this.#published.add(`${runId}/${event.seq}`);
    }
  }

  /** The skills as one process calls them. */
  skillsOf(process: SimProcess): SkillRegistry {
    return new Map([...FORWARD, ...UNDOS].map((kind) => [kind.name, this.#skill(kind, process)]));
  }

  #skill(kind: Kind, process: SimProcess): Skill {
    return {
      spec: {
        name: kind.name,
        version: '1',
        description: '',
        input_schema: {},
        output_schema: {},
        side_effects: kind.hasSideEffects ? 'always' : 'none',
        idempotent: kind.isIdempotent ? 'always' : 'never',
        cost_microcents: kind.costMicrocents,
        latency_ms: 1,
        timeout_ms: 10_000,
      },
      validate: () => [],
      forbiddenPlaces: () => [],
      usualCostMicrocents: () => kind.costMicrocents,
      hasSideEffects: () => kind.hasSideEffects,
      isIdempotent: () => kind.isIdempotent,
      undoOf: ({ undo }) => (isObject(undo) ? { skill: 'undo', params: undo } : null),
      execute: (call) => this.#execute(kind, process, call),
    };
  }

  #execute(kind: Kind, process: SimProcess, call: SkillCall): Promise<StructuredOutcome<SkillResult>> {
    const { runId, stepId, attempt } = call;
    const { n, fails, bugs, takes_ms: takesMs, retry_after_ms: retryAfterMs } = call.params;
    // Null: what it refers to failed, and the run went on.
    if (typeof n !== 'number' && n !== null)
      this.#world.violate(`a step was called with an unresolved reference: ${JSON.stringify(n)}`);
    this.#checkAlone(process, call);
    this.#checkTime(process, call);
    if (kind.hasSideEffects) this.#checkStart(process, call);
    if (kind.isUndo === true) this.#checkUndo(kind, call);
    return this.#world.call({
      actor: process,
      what: `skill.${kind.name} ${runId.slice(-6)}/${stepId}#${attempt}`,
      takesMs: Number(takesMs),
      onLost: () => fail(errorOf('upstream_error', 'the connection was lost')),
      apply: async () => {
        const place = placeOf(kind, call);
        const calls = (this.#calls.get(place) ?? 0) + 1;
        this.#calls.set(place, calls);
        if (calls <= Number(bugs)) throw new SkillBugError();
        if (attempt <= Number(fails)) {
          const facts = typeof retryAfterMs === 'number' ? { retryAfterMs } : {};
          return fail(errorOf('upstream_error', 'not yet', facts));
        }
        if (kind.hasSideEffects) this.#happen(kind, call);
        call.charge({ ...NOTHING_SPENT, costMicrocents: kind.costMicrocents });
        return succeed({ output: this.#outputAfter(Number(n)) });
      },
    });
  }

  #outputAfter(n: number): Json {
    return this.#hasLargeOutputs && n % 5 === 3 ? { n: n + 1, text: LARGE_TEXT } : { n: n + 1 };
  }

  /** A process works on a step once: the signal of a call is aborted when the call is over. */
  #checkAlone(process: SimProcess, { runId, stepId, signal }: SkillCall): void {
    const calls = this.#underWay.get(`${process.name}/${runId}`) ?? new Map<string, AbortSignal>();
    this.#underWay.set(`${process.name}/${runId}`, calls);
    if (calls.get(stepId)?.aborted === false)
      this.#world.violate(`one process works twice on a step: ${runId}/${stepId}`);
    calls.set(stepId, signal);
    const atOnce = [...calls.values()].filter(({ aborted }) => !aborted).length;
    if (atOnce > this.#maxParallelOf(runId)) this.#world.violate(`${atOnce} steps at once: ${runId}`);
  }

  /** Nothing is begun before the run may start, nor while it waits, for a time, a person or to be resumed. */
  #checkTime(process: SimProcess, { runId, stepId }: SkillCall): void {
    const run = this.#store.runs.get(runId);
    if (run?.status === 'waiting' && this.#store.workers.has(process.workerId))
      this.#world.violate(`a step began while its run waits (${run.waitingReason}): ${runId}/${stepId}`);
    process.checkOrders(runId);
    const startAt = this.#store.runs.get(runId)?.submission.startAt ?? null;
    if (startAt !== null && Date.parse(startAt) > this.#world.nowMs)
      this.#world.violate(`a step began before its run may start: ${runId}/${stepId}`);
  }

  #maxParallelOf(runId: string): number {
    const [queued] = this.#store.journals.events(runId);
    return queued?.type === 'run.queued' ? (queued.data.max_parallel ?? MAX_PARALLEL_DEFAULT) : 0;
  }

  /** An effect may start only while its intent is durable and its process has its place. */
  #checkStart(process: SimProcess, { runId, stepId, idempotencyKey }: SkillCall): void {
    const isDurable = this.#store.journals
      .events(runId)
      .some(
        (event) =>
          event.type === 'tool.call.requested' &&
          event.data.step_id === stepId &&
          event.data.idempotency_key === idempotencyKey,
      );
    if (!isDurable)
      this.#world.violate(`an effect started before its intent was durable: ${runId}/${stepId}`);
    if (!this.#store.workers.has(process.workerId))
      this.#world.violate(`an effect was started by a process declared dead: ${runId}/${stepId}`);
  }

  #happen(kind: Kind, call: SkillCall): void {
    const { runId, idempotencyKey } = call;
    const place = `${placeOf(kind, call)}/${this.#generationOf(runId, idempotencyKey)}`;
    const effect = this.effects.get(place) ?? { skill: kind.name, byKey: new Map() };
    effect.byKey.set(idempotencyKey, (effect.byKey.get(idempotencyKey) ?? 0) + 1);
    this.effects.set(place, effect);
    if (effect.byKey.size > 1) this.#world.violate(`an effect happened under two keys: ${place}`);
    const times = effect.byKey.get(idempotencyKey) ?? 0;
    const timesAllowed = 1 + (this.#repeats.get(placeOf(kind, call)) ?? 0);
    if (!kind.isIdempotent && times > timesAllowed)
      this.#world.violate(`an effect that must not be repeated happened ${times} times: ${place}`);
  }

  /** Nothing is undone but on the way back, and what was done later is undone before. */
  #checkUndo({ hasSideEffects }: Kind, { runId, stepId }: SkillCall): void {
    // Only what is announced waits until all that went before is durable.
    if (!hasSideEffects) return;
    const events = this.#store.journals.events(runId);
    const begin = events.findLast(({ type }) => type === 'run.compensating' || type === 'run.finished');
    if (begin?.type !== 'run.compensating') {
      this.#world.violate(`a step is undone although its run does not go back: ${runId}/${stepId}`);
      return;
    }
    const { steps } = begin.data;
    const undone = events
      .slice(begin.seq)
      .flatMap((event) => (event.type === 'step.compensated' ? [event.data.step_id] : []));
    const before = steps.slice(0, steps.indexOf(stepId));
    if (!steps.includes(stepId) || before.join() !== undone.join())
      this.#world.violate(`steps are undone out of order: ${runId}/${stepId} after ${undone.join()}`);
  }

  /** Of the run when the effect was announced. */
  #generationOf(runId: string, key: string): number {
    let generation = 1;
    for (const event of this.#store.journals.events(runId)) {
      if (event.type === 'run.restarted') generation = event.data.generation;
      if (event.type === 'tool.call.requested' && event.data.idempotency_key === key) return generation;
    }
    return generation;
  }
}

/** Of a step, or of what undoes it. */
export function placeOf(
  { isUndo }: Pick<Kind, 'isUndo'>,
  { runId, stepId }: { runId: string; stepId: string },
): string {
  return `${runId}/${stepId}${isUndo === true ? '/undo' : ''}`;
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
