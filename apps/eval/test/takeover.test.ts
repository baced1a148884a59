import { goldenTask, type Evaluation } from '@aos/contracts';
import { createPool, sqlTenantDatabase } from '@aos/database';
import { connectMessaging } from '@aos/messaging';
import { waitUntil } from '@aos/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as newId } from 'uuid';
import { advanceEvaluation } from '../src/application/advance-evaluation.ts';
import type { Runs } from '../src/application/runs.ts';
import { boundedChecks } from '../src/outbound/bounded-checks.ts';
import { evalAgentsRepository } from '../src/outbound/eval-agents.repository.ts';
import { evaluationWorkRepository } from '../src/outbound/evaluation-work.repository.ts';
import { evaluationsRepository } from '../src/outbound/evaluations.repository.ts';
import { finishedMessage } from '../src/outbound/event.publisher.ts';
import { orchestratorClient } from '../src/outbound/orchestrator.client.ts';
import { SILENT, Surroundings, golden, newTenant } from './surroundings.ts';

let world: Surroundings;

beforeAll(async () => {
  world = await Surroundings.start();
});
afterEach(async () => {
  await world.closeEvals();
  world.orchestrator.submits.length = 0;
  world.orchestrator.fateOf = () => ({ output: 42 });
});
afterAll(async () => {
  await world.stop();
});

/** It dies between a submit and the note of it. */
const withoutReply = (real: Runs): Runs => ({
  ...real,
  submit: async (context, goal) => {
    await real.submit(context, goal);
    return new Promise(() => undefined);
  },
});

/** An evaluation that was started by a process that has gone since. */
async function startUndriven(...tasks: object[]): Promise<Evaluation> {
  const pool = createPool({ url: world.postgres.appUrl, applicationName: 'gone', max: 1, logger: SILENT });
  const database = sqlTenantDatabase(pool);
  const started = await evaluationsRepository(database).insert(newTenant(), {
    evaluationId: newId(),
    suite: { name: 'shop', version: 1 },
    tasks: tasks.map((task) => goldenTask.parse(task)),
    traceparent: '',
  });
  await database.close();
  return started;
}

/** A process that takes the evaluation for `leaseMs`, goes as far as `runs` lets it, and is never heard of again. */
async function driveAndDie(
  runs: (real: Runs) => Runs,
  leaseMs: number,
  isDead: () => boolean,
): Promise<void> {
  const pool = createPool({
    url: world.postgres.systemUrl,
    applicationName: 'dying',
    max: 8,
    logger: SILENT,
  });
  const database = sqlTenantDatabase(pool);
  const messaging = await connectMessaging({
    url: world.nats.urlFor('eval'),
    service: 'eval',
    logger: SILENT,
  });
  const work = evaluationWorkRepository({ pool, database, eventOf: finishedMessage });
  const advance = advanceEvaluation(
    {
      work,
      agents: evalAgentsRepository(pool, database),
      runs: runs(orchestratorClient(messaging)),
      newChecks: () => boundedChecks(),
      onFinished: () => undefined,
    },
    { concurrency: 4 },
  );
  for (const held of await work.hold(newId(), leaseMs)) {
    void advance(held, new AbortController().signal);
  }
  await waitUntil(isDead, { what: 'the process has come as far as it gets' });
  await messaging.drain();
  await pool.end();
}

describe('an evaluation whose process died', () => {
  it('is taken over when its lease ends; what was submitted is not submitted as another run', async () => {
    const started = await startUndriven(golden('a'), golden('b'));
    world.orchestrator.fateOf = () => 'runs on';
    const submits = () => world.orchestrator.submits.length === 2;
    // Longer than a process takes to start on a busy machine.
    await driveAndDie(withoutReply, 6_000, submits);
    expect(world.orchestrator.runs.size).toBe(2);

    await world.startEval();
    expect(world.orchestrator.submits).toHaveLength(2);
    await waitUntil(() => world.orchestrator.submits.length >= 4, { what: 'the successor submits' });
    expect(world.orchestrator.runs.size).toBe(2);
    for (const run of world.orchestrator.runs.values()) await world.orchestrator.end(run.run_id, 42);
    const finished = await world.finished(started);
    expect(finished).toMatchObject({ status: 'passed', tasks_passed: 2 });
    const keys = world.orchestrator.submits.map((goal) => `${goal.idempotency_key} ${goal.agent_id}`);
    expect(new Set(keys).size).toBe(2);
    await waitUntil(() => world.eventsOf(started).length === 1, { what: 'the event' });
  });

  it('goes on where it stood, also where the run ended while nobody was there', async () => {
    world.orchestrator.fateOf = () => 'runs on';
    await world.startEval();
    const started = await world.evaluate(newTenant(), golden('left'));
    const run = await world.orchestrator.running('left');
    await world.closeEvals();
    await world.orchestrator.end(run.run_id, 42);
    await world.startEval();
    expect(await world.finished(started)).toMatchObject({ status: 'passed' });
    expect(world.orchestrator.runsOf('left')).toHaveLength(1);
  });
});

describe('two processes', () => {
  it('share evaluations without a run, a result or an event twice', async () => {
    await Promise.all([world.startEval(), world.startEval()]);
    const tenantId = newTenant();
    const names = Array.from({ length: 6 }, (_, index) => `shared-${index}`);
    const started = await Promise.all(
      names.map((name) => world.evaluate(tenantId, golden(name), golden(`${name}-b`, 41))),
    );
    for (const evaluation of started) {
      expect(await world.finished(evaluation)).toMatchObject({ status: 'failed', score: 0.5 });
    }
    await waitUntil(() => started.every((evaluation) => world.eventsOf(evaluation).length > 0), {
      what: 'all events',
    });
    for (const evaluation of started) expect(world.eventsOf(evaluation)).toHaveLength(1);
    for (const name of names) expect(world.orchestrator.runsOf(name)).toHaveLength(1);
  });
});

describe('a process told to stop', () => {
  it('gives its evaluations back at once', async () => {
    world.orchestrator.fateOf = () => 'runs on';
    await world.startEval();
    const started = await world.evaluate(newTenant(), golden('given-back'));
    await world.orchestrator.running('given-back');
    await world.closeEvals();
    const { rows } = await world.admin.query(
      'select worker_id, lease_until from eval.evaluations where evaluation_id = $1',
      [started.evaluation_id],
    );
    expect(rows).toEqual([{ worker_id: null, lease_until: null }]);
  });
});
