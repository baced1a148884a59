import { expect, it } from '@jest/globals';
import { v7 as newId } from 'uuid';
import type { Flush, Submission } from '../../../src/application/engine/ports.ts';
import type { MessageWait, NewMessage } from '../../../src/application/messages/mailbox.ts';
import { ENGINE_VERSION } from '../../../src/domain/run/state.ts';
import { newWorker, row, submission, type AgentPlace, type StoreWorld } from '../store-world.ts';

const NOW = '2026-01-01T00:00:00.000Z';

function messageTo(
  { tenantId, agentId }: AgentPlace,
  body: string,
  more: Partial<NewMessage> = {},
): NewMessage {
  return {
    messageId: newId(),
    tenantId,
    agentId,
    from: { run_id: null, agent_id: null, caller: 'key:test' },
    content: { type: 'order', body },
    idempotencyKey: null,
    requestHash: '00',
    createdAt: NOW,
    traceparent: '',
    ...more,
  };
}

interface Running {
  agent: AgentPlace;
  workerId: string;
  run: Submission;
}

async function running(world: StoreWorld, agent?: AgentPlace): Promise<Running> {
  const { store } = world;
  const place = agent ?? (await world.addAgent());
  const run = submission(place);
  const workerId = await newWorker(store);
  await store.submit(workerId, 1, [run], 0);
  await store.claim(workerId, 1, ENGINE_VERSION);
  return { agent: place, workerId, run };
}

const waitOf = ({ run }: Running, key: string, more: Partial<MessageWait> = {}): MessageWait => ({
  tenantId: run.tenantId,
  agentId: run.agentId,
  runId: run.runId,
  stepId: 'wait',
  key,
  type: null,
  correlationId: null,
  now: NOW,
  timeoutMs: 1_000,
  ...more,
});

function flushOf({ workerId, run }: Running, more: Partial<Flush>): Flush {
  const none = { finished: [], released: [], handledSignals: [], publishedUpTo: 0 };
  return { workerId, flushNo: 2, rows: [row(run, 3)], ...none, ...more };
}

const endOf = ({ run }: Running) => ({
  finished: [{ ...run, status: 'failed' as const, costMicrocents: 0, finishedAt: NOW, hasMailbox: true }],
});

/** Given back in the middle of a rollback. */
const goingBackOf = ({ run }: Running) => ({
  released: [{ ...run, reason: 'compensation_failed', readyAt: null, isGoingBack: true, hasMailbox: true }],
});

const taken = (body: string) => ({ kind: 'taken', message: { body } });

/** Messages and those who wait for them. */
export function mailboxSuite(world: () => StoreWorld): void {
  it('gives messages in the order of sending, each once, and one key the same again', async () => {
    const { mailbox } = world();
    const run = await running(world());
    for (const body of ['first', 'second']) await mailbox.send(messageTo(run.agent, body));
    expect(await mailbox.take(waitOf(run, 'a'))).toMatchObject(taken('first'));
    expect(await mailbox.take(waitOf(run, 'a'))).toMatchObject(taken('first'));
    expect(await mailbox.take(waitOf(run, 'b'))).toMatchObject(taken('second'));
    expect(await mailbox.take(waitOf(run, 'c'))).toMatchObject({ kind: 'waits' });
  });

  it('gives only what is asked for, of the agent’s own mailbox', async () => {
    const { mailbox } = world();
    const run = await running(world());
    const other = await world().addAgent({ tenantId: run.agent.tenantId });
    await mailbox.send(messageTo(other, 'of another'));
    await mailbox.send(messageTo(run.agent, 'plain'));
    const content = { type: 'answer', body: 'wanted', correlation_id: 'c-1' };
    await mailbox.send(messageTo(run.agent, '', { content }));
    expect(await mailbox.take(waitOf(run, 'a', { type: 'nothing' }))).toMatchObject({ kind: 'waits' });
    const asked = { type: 'answer', correlationId: 'c-1' };
    expect(await mailbox.take(waitOf(run, 'b', asked))).toMatchObject(taken('wanted'));
    expect(await mailbox.take(waitOf(run, 'c', asked))).toMatchObject({ kind: 'waits' });
  });

  it('gives to one of two who take at once', async () => {
    const { mailbox } = world();
    const run = await running(world());
    await mailbox.send(messageTo(run.agent, 'only'));
    const takings = await Promise.all(['a', 'b', 'c'].map((key) => mailbox.take(waitOf(run, key))));
    expect(takings.map(({ kind }) => kind).toSorted()).toEqual(['taken', 'waits', 'waits']);
  });

  it('keeps the first message of a key, and refuses another one under it', async () => {
    const { mailbox } = world();
    const agent = await world().addAgent();
    const first = messageTo(agent, 'first', { idempotencyKey: 'k' });
    expect(await mailbox.send(first)).toMatchObject({ kind: 'sent', waiting: [] });
    const again = { ...first, messageId: newId() };
    expect(await mailbox.send(again)).toMatchObject({
      kind: 'repeated',
      message: { message_id: first.messageId },
    });
    const other = { ...first, messageId: newId(), requestHash: '01' };
    expect(await mailbox.send(other)).toMatchObject({
      kind: 'refused',
      error: { code: 'idempotency_conflict' },
    });
  });

  it('takes no message for an agent that is not there', async () => {
    const { tenantId } = await world().addAgent();
    const nobody = { tenantId, agentId: newId(), agentKey: '' };
    expect(await world().mailbox.send(messageTo(nobody, 'x'))).toMatchObject({
      kind: 'refused',
      error: { code: 'not_found' },
    });
  });

  it('waits from the first time on, and no longer', async () => {
    const { mailbox } = world();
    const run = await running(world());
    const until = '2026-01-01T00:00:01.000Z';
    expect(await mailbox.take(waitOf(run, 'a'))).toEqual({ kind: 'waits', until });
    const later = waitOf(run, 'a', { now: '2026-01-01T00:00:00.900Z' });
    expect(await mailbox.take(later)).toEqual({ kind: 'waits', until });
    expect(await mailbox.take(waitOf(run, 'a', { now: until }))).toEqual({ kind: 'expired' });
  });

  it('leaves a signal for each who waits for such a message, and wakes a run that has given its slot back', async () => {
    const { store, mailbox } = world();
    const run = await running(world());
    await mailbox.take(waitOf(run, 'a', { type: 'order' }));
    const released = [{ ...run.run, reason: 'message', readyAt: null }];
    await store.flush(flushOf(run, { released }));
    const content = { type: 'other', body: '' };
    expect(await mailbox.send(messageTo(run.agent, '', { content }))).toMatchObject({ waiting: [] });
    const { tenantId, runId } = run.run;
    expect(await mailbox.send(messageTo(run.agent, 'x'))).toMatchObject({ waiting: [{ tenantId, runId }] });
    expect(await store.wake({ tenantId, runId })).toEqual({
      kind: 'left',
      ownerId: null,
      ticket: { runId, enqueueNo: 2 },
    });
    expect(await store.claim(run.workerId, 1, ENGINE_VERSION)).toMatchObject([{ runId, hasSignals: true }]);
    expect(await store.signals(run.workerId)).toMatchObject([{ type: 'wake', runId, stepId: 'wait' }]);
  });

  it('wakes by the sweep whoever waits for a message, and nobody who waits for something else', async () => {
    const { store, mailbox } = world();
    const [waiting, paused] = [await running(world()), await running(world())];
    for (const { run, reason } of [
      { run: waiting, reason: 'message' },
      { run: paused, reason: 'paused' },
    ]) {
      await mailbox.take(waitOf(run, `key of ${run.run.runId}`));
      await store.flush(flushOf(run, { released: [{ ...run.run, reason, readyAt: null }] }));
      await mailbox.send(messageTo(run.agent, 'x'));
    }
    expect(await store.wake(paused.run)).toEqual({ kind: 'left', ownerId: null, ticket: null });
    expect(await store.wakeDue(10)).toEqual([{ runId: waiting.run.runId, enqueueNo: 2 }]);
  });

  it.each([
    ['has ended', endOf],
    ['is going back', goingBackOf],
  ])(
    'gives back what a run that %s took and did not receive, and tells others who wait',
    async (_, leave) => {
      const { store, mailbox } = world();
      const run = await running(world());
      const other = await running(world(), run.agent);
      await mailbox.send(messageTo(run.agent, 'received'));
      await mailbox.send(messageTo(run.agent, 'lost'));
      await mailbox.take(waitOf(run, 'a'));
      await store.flush(flushOf(run, { received: ['a'] }));
      await mailbox.take(waitOf(run, 'b'));
      await mailbox.take(waitOf(other, 'c'));
      await store.flush({ ...flushOf(run, leave(run)), flushNo: 3, rows: [row(run.run, 4)] });
      expect(await store.signals(other.workerId)).toMatchObject([{ type: 'wake', stepId: 'wait' }]);
      expect(await mailbox.take(waitOf(other, 'c'))).toMatchObject(taken('lost'));
      expect(await mailbox.take(waitOf(other, 'd'))).toMatchObject({ kind: 'waits' });
    },
  );

  it('gives nothing to a run that has ended', async () => {
    const { store, mailbox } = world();
    const run = await running(world());
    await store.flush(flushOf(run, endOf(run)));
    await mailbox.send(messageTo(run.agent, 'x'));
    expect(await mailbox.take(waitOf(run, 'a'))).toEqual({ kind: 'gone' });
  });
}
