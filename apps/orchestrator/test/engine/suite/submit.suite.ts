import { expect, it } from '@jest/globals';
import { StoreDataError, type Submission, type SubmitResult } from '../../../src/application/engine/ports.ts';
import { ENGINE_VERSION } from '../../../src/domain/run/state.ts';
import { newWorker, submission, type AgentPlace, type StoreWorld } from '../store-world.ts';

/** Submits as a process of its own. */
async function submit(world: StoreWorld, batch: Submission[]): Promise<SubmitResult[]> {
  const results = await world.store.submit(await newWorker(world.store), 1, batch, 0);
  if (results === 'fenced') throw new Error('fenced');
  return results;
}

const runIds = (results: SubmitResult[]): string[] =>
  results.flatMap((result) => (result.kind === 'refuse' ? [] : [result.run.run_id]));

const codes = (results: SubmitResult[]): string[] =>
  results.map((result) => (result.kind === 'refuse' ? result.error.code : result.kind));

const keyed = (agent: AgentPlace, more: Partial<Submission> = {}): Submission =>
  submission(agent, { idempotencyKey: 'key', ...more });

/** Leaves no run waiting. */
async function takeAll({ store }: StoreWorld): Promise<void> {
  const workerId = await newWorker(store);
  while ((await store.claim(workerId, 1_000, ENGINE_VERSION)).length > 0);
}

/** Admission. */
export function submitSuite(world: () => StoreWorld): void {
  it('gives one run for one key, in one batch and from eight processes at once', async () => {
    const agent = await world().addAgent();
    const batches = Array.from({ length: 8 }, () => Array.from({ length: 50 }, () => keyed(agent)));
    const results = (await Promise.all(batches.map((batch) => submit(world(), batch)))).flat();
    expect(new Set(runIds(results)).size).toBe(1);
    expect(results.filter(({ kind }) => kind === 'admitted')).toHaveLength(1);
    expect((await world().counters(agent)).openRuns).toBe(1);
  });

  it('keeps keys of two tenants apart', async () => {
    const agents = [await world().addAgent(), await world().addAgent()];
    expect(
      codes(
        await submit(
          world(),
          agents.map((agent) => keyed(agent)),
        ),
      ),
    ).toEqual(['admitted', 'admitted']);
  });

  it('admits exactly what the budget covers when asked in parallel', async () => {
    const agent = await world().addAgent({ budgetMicrocents: 50 });
    const asked = Array.from({ length: 20 }, () => [submission(agent, { reserveMicrocents: 10 })]);
    const results = (await Promise.all(asked.map((batch) => submit(world(), batch)))).flat();
    expect(codes(results).filter((code) => code === 'admitted')).toHaveLength(5);
    expect(codes(results).filter((code) => code === 'budget_exceeded')).toHaveLength(15);
    expect(await world().counters(agent)).toEqual({ reserved: 50, spent: 0, openRuns: 5 });
  });

  it('refuses a key that comes with another goal', async () => {
    const agent = await world().addAgent();
    await submit(world(), [keyed(agent)]);
    expect(codes(await submit(world(), [keyed(agent, { goal: 'another' })]))).toEqual([
      'idempotency_conflict',
    ]);
  });

  it('keeps nothing of what it refused: the key may be used again', async () => {
    const agent = await world().addAgent({ budgetMicrocents: 10 });
    const refused = keyed(agent, { reserveMicrocents: 11 });
    expect(codes(await submit(world(), [refused]))).toEqual(['budget_exceeded']);
    expect((await world().store.journal([refused.runId])).size).toBe(0);
    expect(await world().counters(agent)).toEqual({ reserved: 0, spent: 0, openRuns: 0 });
    expect(codes(await submit(world(), [keyed(agent, { goal: 'another' })]))).toEqual(['admitted']);
  });

  it('counts open runs, those of the same batch too', async () => {
    const agent = await world().addAgent({ maxConcurrentRuns: 3 });
    const first = await submit(world(), [submission(agent), submission(agent)]);
    const second = await submit(world(), [submission(agent), submission(agent)]);
    expect(codes([...first, ...second])).toEqual(['admitted', 'admitted', 'admitted', 'too_many_open_runs']);
    expect((await world().counters(agent)).openRuns).toBe(3);
  });

  it('answers a batch repeated after a lost answer with its own runs, and reserves once', async () => {
    const agent = await world().addAgent();
    const batch = [submission(agent, { reserveMicrocents: 7 }), keyed(agent, { reserveMicrocents: 7 })];
    const workerId = await newWorker(world().store);
    await world().store.submit(workerId, 1, batch, 0);
    const repeated = await world().store.submit(workerId, 2, batch, 0);
    if (repeated === 'fenced') throw new Error('fenced');
    expect(codes(repeated)).toEqual(['repeated', 'repeated']);
    expect(runIds(repeated)).toEqual(batch.map(({ runId }) => runId));
    expect(await world().counters(agent)).toEqual({ reserved: 14, spent: 0, openRuns: 2 });
    expect(await world().store.wasCommitted(workerId, 1)).toBe(true);
    expect(await world().store.wasCommitted(workerId, 2)).toBe(false);
  });

  it('claims on the way in what there are slots for, where no run waits', async () => {
    const agent = await world().addAgent();
    const workerId = await newWorker(world().store);
    await takeAll(world());
    const batch = [submission(agent), submission(agent), submission(agent)];
    const results = await world().store.submit(workerId, 1, batch, 2);
    if (results === 'fenced') throw new Error('fenced');
    expect(results.map((result) => result.kind === 'admitted' && result.isClaimed)).toEqual([
      true,
      true,
      false,
    ]);
    const owned = await world().store.owned(workerId);
    expect(owned.map(({ runId, seq, enqueueNo, idleClaims }) => [runId, seq, enqueueNo, idleClaims])).toEqual(
      expect.arrayContaining(batch.slice(0, 2).map(({ runId }) => [runId, 2, 1, 1])),
    );
    expect(owned).toHaveLength(2);
    const other = await newWorker(world().store);
    expect((await world().store.claim(other, 10, ENGINE_VERSION)).map(({ runId }) => runId)).toEqual([
      batch[2]?.runId,
    ]);
  });

  it('passes over nobody: where a run waits, those that come queue up behind it', async () => {
    const agent = await world().addAgent();
    const workerId = await newWorker(world().store);
    await submit(world(), [submission(agent)]);
    const results = await world().store.submit(workerId, 1, [submission(agent)], 5);
    expect(results).toMatchObject([{ kind: 'admitted', isClaimed: false }]);
    expect(await world().store.owned(workerId)).toEqual([]);
  });

  it('gives a run that was claimed on the way in to others when its process dies', async () => {
    const agent = await world().addAgent();
    const workerId = await newWorker(world().store, -1_000);
    await takeAll(world());
    const run = submission(agent);
    await world().store.submit(workerId, 1, [run], 1);
    const tickets = await world().store.buryDeadWorkers(0);
    expect(tickets).toContainEqual({ runId: run.runId, enqueueNo: null });
    const claimed = await world().store.claim(await newWorker(world().store), 1, ENGINE_VERSION);
    // Its first claim made no progress.
    expect(claimed).toMatchObject([{ runId: run.runId, seq: 2, enqueueNo: 2, idleClaims: 2 }]);
  });

  it('refuses an unknown agent', async () => {
    const { tenantId, agentId } = await world().addAgent();
    const elsewhere = { agentId, tenantId: `${tenantId}-x`, agentKey: `${tenantId}-x/${agentId}` };
    expect(codes(await submit(world(), [submission(elsewhere)]))).toEqual(['not_found']);
  });

  it('writes nothing for a process that was declared dead', async () => {
    const { store } = world();
    const workerId = await newWorker(store, -1_000);
    await store.buryDeadWorkers(0);
    const run = submission(await world().addAgent());
    expect(await store.submit(workerId, 1, [run], 0)).toBe('fenced');
    expect((await store.journal([run.runId])).size).toBe(0);
  });

  it('rejects content it cannot hold, with the whole batch', async () => {
    const agent = await world().addAgent();
    const batch = [submission(agent), submission(agent, { goal: 'a\0b' })];
    await expect(submit(world(), batch)).rejects.toBeInstanceOf(StoreDataError);
    expect((await world().counters(agent)).openRuns).toBe(0);
  });
}
