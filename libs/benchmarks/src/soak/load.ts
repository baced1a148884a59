import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { submittedRun, type PlanStepInput } from '@aos/contracts';
import { goalOf, type Api } from '../api.ts';

/** Between goals of one client. */
const PACE_MS = 200;
const RETRY_MS = 200;
/** What a client that holds an idempotency key may simply send again. */
const RETRIED: readonly number[] = [500, 502, 503, 504];

interface LoadParts {
  api: Api;
  agentId: string;
  receiverUrl: string;
  /** Of each goal that was accepted. */
  onRun: (runId: string) => void;
}

/** Clients that send goals, each until it is accepted, under one key. */
export class Load {
  /** Keys of the goals by the runs they became. */
  readonly accepted = new Map<string, string>();
  /** Answers that no fault excuses. */
  readonly refusals: string[] = [];
  readonly #parts: LoadParts;
  readonly #running: Promise<void>[];
  #isStopping = false;

  constructor(clients: number, parts: LoadParts) {
    this.#parts = parts;
    this.#running = Array.from({ length: clients }, () => this.#run());
  }

  /** No more goals; resolves when the last ones are accepted. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.#running);
  }

  /** The paths the accepted runs should call. */
  effects(): string[] {
    return [...this.accepted.values()].flatMap((key) => WEBHOOKS.map((webhook) => `/${key}/${webhook}`));
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      const key = randomUUID();
      const runId = await this.#untilAccepted(key);
      if (runId !== undefined) {
        this.accepted.set(runId, key);
        this.#parts.onRun(runId);
      }
      await sleep(PACE_MS);
    }
  }

  async #untilAccepted(key: string): Promise<string | undefined> {
    const { api, agentId, receiverUrl } = this.#parts;
    const goal = goalOf(planOf(`${receiverUrl}/${key}`), key);
    for (;;) {
      const answer = await api.post(`/agents/${agentId}/goals`, goal).catch(() => undefined);
      if (answer?.status === 202 || answer?.status === 200) return submittedRun.parse(answer.body).run_id;
      if (answer !== undefined && !RETRIED.includes(answer.status)) {
        this.refusals.push(`${answer.status} ${JSON.stringify(answer.body)}`);
        return undefined;
      }
      await sleep(RETRY_MS);
    }
  }
}

const WEBHOOKS = ['first', 'second', 'third'] as const;

function planOf(url: string): PlanStepInput[] {
  return WEBHOOKS.flatMap((webhook) => [
    { skill: 'json_transform', params: { input: webhook, query: '.' } },
    {
      skill: 'webhook_send',
      params: { url: `${url}/${webhook}`, payload: { text: webhook } },
      // Calls that a fault cut are repeated for as long as the soak lasts.
      retry: {
        maximum_attempts: 20,
        initial_interval_ms: 100,
        backoff_coefficient: 1.5,
        maximum_interval_ms: 5_000,
      },
    },
  ]);
}
