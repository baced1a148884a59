import type { EvalConfig } from '@aos/contracts';
import { OutboxRelay } from '@aos/database';
import type { Logger } from '@aos/telemetry';
import type { OnApplicationShutdown, OnModuleDestroy } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { advanceEvaluation } from './application/advance-evaluation.ts';
import { EvaluationWorker } from './application/evaluation-worker.ts';
import { judgeFinishedRun } from './application/judge-finished-run.ts';
import type { TaskParts } from './application/task-parts.ts';
import type { EvaluationRecord } from './domain/evaluation.ts';
import { FinishedRuns } from './inbound/run-finished.subscriber.ts';
import { boundedChecks } from './outbound/bounded-checks.ts';
import type { Connections } from './outbound/connections.ts';
import { evalAgentsRepository } from './outbound/eval-agents.repository.ts';
import { evaluationWorkRepository } from './outbound/evaluation-work.repository.ts';
import { finishedMessage, publishTo } from './outbound/event.publisher.ts';
import { orchestratorClient } from './outbound/orchestrator.client.ts';

interface ProcessParts {
  config: EvalConfig;
  connections: Connections;
  logger: Logger;
  /** Told of each evaluation that has finished. */
  observe: (evaluation: EvaluationRecord) => void;
}

/** The work of evaluations in this process, beside the requests: runs are submitted, looked at, judged; events go out. */
export class EvaluationProcess implements OnModuleDestroy, OnApplicationShutdown {
  readonly worker: EvaluationWorker;
  readonly #connections: Connections;
  readonly #relay: OutboxRelay;
  readonly #finishedRuns: FinishedRuns;
  readonly #leaving = new AbortController();

  constructor({ config, connections, logger, observe }: ProcessParts) {
    const { messaging, systemPool: pool, systemDatabase: database } = connections;
    this.#connections = connections;
    this.#relay = new OutboxRelay({ pool, schema: 'eval', publish: publishTo(messaging), logger });
    const parts: TaskParts = {
      work: evaluationWorkRepository({ pool, database, eventOf: finishedMessage }),
      agents: evalAgentsRepository(pool, database),
      runs: orchestratorClient(messaging),
      newChecks: () => boundedChecks(),
      onFinished: (evaluation) => {
        observe(evaluation);
        this.#relay.kick();
      },
    };
    const judge = judgeFinishedRun(parts, this.#leaving.signal);
    this.#finishedRuns = new FinishedRuns({
      messaging,
      logger,
      onFinished: async (run) => {
        const outcome = await judge(run);
        this.worker.kick();
        return outcome;
      },
    });
    this.worker = new EvaluationWorker({
      work: parts.work,
      onHeld: (held) => this.#finishedRuns.follow(new Set(held.map(({ tenantId }) => tenantId))),
      advance: advanceEvaluation(parts, { concurrency: config.EVAL_CONCURRENCY }),
      workerId: newId(),
      logger,
    });
    this.#relay.start();
    this.worker.kick();
  }

  /** Gives evaluations back to the other processes; requests are still answered. */
  async onModuleDestroy(): Promise<void> {
    this.#leaving.abort();
    await this.worker.stop();
    await this.#finishedRuns.stop();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#connections.messaging.stopAnswering();
    await this.#relay.stop();
    await this.#connections.close();
  }
}
