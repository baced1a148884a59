import type { InputOf, PlanStepInput, messagesSend } from '@aos/contracts';
import type { Simulation } from './simulation.ts';

export interface DrawnMessage {
  /** From the beginning. */
  atMs: number;
  tenantId: string;
  input: InputOf<typeof messagesSend>;
}

const TYPES = ['order', 'answer'];

/** Draws messages from outside, and steps that send messages and wait for them. */
export class Correspondence {
  readonly #simulation: Simulation;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
  }

  draw(): { messages: DrawnMessage[] } {
    const { world, store } = this.#simulation;
    const { random } = world;
    const messages = Array.from({ length: random.int(0, 6) }, (_, number): DrawnMessage => {
      const [tenantId = '', agentId = ''] = random.pick([...store.agents.keys()]).split('/');
      const key = random.isTrue(0.6) ? { idempotency_key: `message-${number}` } : {};
      const input = { agent_id: agentId, type: random.pick(TYPES), body: number, ...key };
      return { atMs: random.int(0, 40_000), tenantId, input };
    });
    return { messages };
  }

  /** Undefined: the step is another one. */
  drawStep(): Omit<PlanStepInput, 'step_id'> | undefined {
    const { world, store } = this.#simulation;
    const { random } = world;
    if (!random.isTrue(0.15)) return undefined;
    const retry = {
      maximum_attempts: random.int(1, 3),
      initial_interval_ms: random.pick([0, 3_000, 12_000]),
      backoff_coefficient: 2,
      maximum_interval_ms: 30_000,
    };
    if (random.isTrue(0.5)) {
      const type = random.isTrue(0.5) ? { type: random.pick(TYPES) } : {};
      const params = { ...type, timeout_ms: random.pick([0, 3_000, 20_000, 60_000]) };
      return { skill: 'message_wait', params, timeout_ms: random.pick([500, 10_000]), retry };
    }
    // Sometimes of another tenant: there is no such agent then.
    const [, to = ''] = random.pick([...store.agents.keys()]).split('/');
    const params = { to, type: random.pick(TYPES), body: random.int(1, 99) };
    return { skill: 'message_send', params, timeout_ms: random.pick([500, 10_000]), retry };
  }
}
