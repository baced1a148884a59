import { setTimeout as pause } from 'node:timers/promises';
import { submittedRun } from '@aos/contracts';
import { waitUntil } from '@aos/testing';
import type { Answer, Api } from './api.ts';
import type { Follower } from './follower.ts';
import type { Step } from './steps.ts';

/** How soon a client sends its next goal: there is nearly always one under way. */
const PACE_MS = 5;
/** How soon it sends a refused one again. */
const RETRY_MS = 50;
/** What a client that holds an idempotency key may simply send again. */
const RETRIED: readonly number[] = [503, 504];

/** A caller, the agent it gives goals to, and where it watches their runs. */
export interface Client {
  api: Api;
  agentId: string;
  follower: Follower;
}

export interface Accepted extends Client {
  runId: string;
}

/** One try of a client: what was answered; undefined where the connection broke. */
export interface Try {
  answer: Answer | undefined;
  elapsedMs: number;
}

/** The steps of a goal; its idempotency key names its own paths at a receiver. */
type PlanFor = (key: string) => Step[];

/** Clients that send goal after goal, each under its own key, until it is accepted. */
export class Load {
  readonly accepted: Accepted[] = [];
  readonly tries: Try[] = [];
  readonly #planFor: PlanFor;
  readonly #running: Promise<void>[];
  #isStopping = false;

  constructor(
    readonly clients: readonly Client[],
    planFor: PlanFor,
  ) {
    this.#planFor = planFor;
    this.#running = clients.map((client) => this.#run(client));
  }

  /** Resolves when so many goals more than now have been accepted. */
  async accepts(more: number): Promise<void> {
    const wanted = this.accepted.length + more;
    await waitUntil(() => this.accepted.length >= wanted, { what: `${more} more goals accepted` });
  }

  /** No more goals; resolves when the last ones are accepted. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.#running);
  }

  async #run(client: Client): Promise<void> {
    while (!this.#isStopping) {
      const runId = await this.#untilAccepted(client, crypto.randomUUID());
      this.accepted.push({ ...client, runId });
      client.follower.follow(runId);
      await pause(PACE_MS);
    }
  }

  async #untilAccepted({ api, agentId }: Client, key: string): Promise<string> {
    const goal = { plan: this.#planFor(key), idempotency_key: key };
    for (;;) {
      const startedMs = performance.now();
      const answer = await api.submit(agentId, goal).catch(() => undefined);
      this.tries.push({ answer, elapsedMs: performance.now() - startedMs });
      if (answer?.status === 202 || answer?.status === 200) return submittedRun.parse(answer.body).run_id;
      if (answer !== undefined && !RETRIED.includes(answer.status)) {
        throw new Error(`answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      }
      await pause(RETRY_MS);
    }
  }
}
