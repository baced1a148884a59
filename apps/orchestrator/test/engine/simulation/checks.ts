import type { StepStatus } from '@aos/contracts';
import { canonicalHash } from '../../../src/application/replay/canonical-hash.ts';
import { effectKeysOf } from '../../../src/application/replay/effect-keys.ts';
import { replayExact } from '../../../src/domain/replay/replay-exact.ts';
import { fold } from '../../../src/domain/run/evolve.ts';
import { CHILDREN } from '../../../src/domain/run/waiting.ts';
import { isTerminal, type RunEvent, type RunState } from '../../../src/domain/run/state.ts';
import type { MemoryRun } from '../memory-run.ts';
import { checkFailuresTold } from './adaptive-checks.ts';
import { checkRollbacks } from './rollback-checks.ts';
import type { Simulation } from './simulation.ts';

/** Of a sweep in calm weather, with time to act. */
const NOTICE_MS = 5_000;

/** What must hold when everything has come to rest. What may never happen at all is watched as it happens. */
export function checkAtRest(simulation: Simulation): void {
  checkAccepted(simulation);
  checkJournals(simulation);
  checkEffects(simulation);
  checkSteps(simulation);
  checkDeadlines(simulation);
  checkBudgets(simulation);
  checkPlanning(simulation);
  checkReplays(simulation);
  checkRollbacks(simulation);
  checkMessages(simulation);
  checkFailuresTold(simulation);
  checkChildren(simulation);
}

/** No accepted run is lost, none is doubled, an accepted cancellation ends its run. */
function checkAccepted({ world, store, workload }: Simulation): void {
  const firstOf = new Map<string, string>();
  for (const { tenantId, runId, idempotencyKey, goal } of workload.accepted) {
    if (!store.runs.has(runId)) world.violate(`an accepted run was lost: ${runId}`);
    if (idempotencyKey === undefined) continue;
    const key = `${tenantId}/${idempotencyKey}`;
    const first = firstOf.get(key) ?? runId;
    if (first !== runId) world.violate(`the key ${key} of ${goal} gave two runs: ${first}, ${runId}`);
    firstOf.set(key, first);
  }
  for (const runId of workload.cancelled) {
    const status = store.runs.get(runId)?.status;
    const isGoingBack = status === 'waiting' && fold(store.journals.events(runId)).rollback !== null;
    // Its children wait for a person before it may end.
    const isHeld = store.runs.get(runId)?.waitingReason === 'children';
    if (status === undefined || !(isTerminal(status) || isGoingBack || (status === 'waiting' && isHeld)))
      world.violate(`a cancelled run goes on: ${runId} ${status}`);
  }
}

/** Every run was accepted once, its journal is dense and says what the table says, and every event is published. */
function checkJournals({ world, store, outside }: Simulation): void {
  const keys = [...store.runs.values()].flatMap(({ submission: { tenantId, idempotencyKey } }) =>
    idempotencyKey === null ? [] : [`${tenantId}/${idempotencyKey}`],
  );
  if (new Set(keys).size < keys.length) world.violate('a run was doubled');
  for (const [runId, run] of store.runs) {
    const events = store.journals.events(runId);
    try {
      const { status } = fold(events);
      if (status !== run.status) world.violate(`${runId} is ${run.status}, its journal says ${status}`);
    } catch (error) {
      world.violate(`the journal of ${runId}: ${String(error)}`);
    }
    for (const { seq } of events) {
      if (!outside.isPublished(runId, seq)) world.violate(`an event was never published: ${runId}/${seq}`);
    }
  }
}

/** Every journal is what the engine would do again. */
function checkReplays({ world, store }: Simulation): void {
  for (const runId of store.runs.keys()) {
    const keyOf = effectKeysOf(runId, new Map());
    const replay = replayExact(store.journals.events(runId), { hash: canonicalHash, keyOf });
    if (replay.verdict !== 'identical')
      world.violate(`the journal of ${runId} is not replayed: ${JSON.stringify(replay)}`);
  }
}

/** What the journal says has happened; how often is watched as it happens. */
function checkEffects({ world, store, outside }: Simulation): void {
  for (const runId of store.runs.keys()) {
    let generation = 1;
    for (const event of store.journals.events(runId)) {
      if (event.type === 'run.restarted') generation = event.data.generation;
      if (event.type !== 'step.finished' || event.data.status !== 'succeeded') continue;
      const hasEffect = outside.watches(event.data.skill);
      if (hasEffect && !outside.effects.has(`${runId}/${event.data.step_id}/${generation}`))
        world.violate(`a step succeeded without its effect: ${runId}/${event.data.step_id}`);
    }
  }
}

/** No step begins before all it depends on is over, and when a run has ended nothing of it is left open. */
function checkSteps({ world, store }: Simulation): void {
  for (const runId of store.runs.keys()) {
    const events = store.journals.events(runId);
    const { plan, steps, status } = fold(events);
    let over = new Set<string>();
    for (const { type, data, seq } of events) {
      if (type === 'run.restarted') over = new Set(keptSteps(fold(events.slice(0, seq))));
      if (!('step_id' in data)) continue;
      const before = steps[data.step_id]?.plan.depends_on ?? [];
      if (before.some((id) => !over.has(id)))
        world.violate(`a step began before those it depends on: ${runId}/${data.step_id}`);
      if (type === 'step.finished') over.add(data.step_id);
    }
    const open = (plan?.steps ?? []).filter(({ step_id }) => isOpen(steps[step_id]?.status));
    if (isTerminal(status) && open.length > 0)
      world.violate(`a run ended with open steps: ${runId} ${JSON.stringify(open)}`);
  }
}

function keptSteps({ steps }: RunState): string[] {
  return Object.keys(steps).filter((id) => !isOpen(steps[id]?.status));
}

/** No run outlives its deadline by more than it takes to notice, but to wait for the end of its children. */
function checkDeadlines({ world, store }: Simulation): void {
  for (const [runId, { status, submission, waitingReason }] of store.runs) {
    const { deadline } = submission;
    if (waitingReason === CHILDREN) continue;
    if (deadline !== null && !isTerminal(status) && Date.parse(deadline) < world.nowMs - NOTICE_MS)
      world.violate(`a run goes on after its deadline: ${runId} ${status}`);
  }
}

const isOpen = (status: StepStatus | undefined): boolean =>
  status === 'pending' || status === 'running' || status === 'waiting';

/** Who was answered knows what was paid, all of it and once; who was not never says more than that. */
function checkPlanning({ world, store, router }: Simulation): void {
  for (const runId of store.runs.keys()) {
    const journal = store.journals.events(runId);
    const events = journal.filter(({ type }) => type.startsWith('plan.'));
    const [told, paid] = [costOf(events), router.paidFor(runId)];
    // What a cut generation was answered and never heard of, a later one does not tell either.
    const isWhole = isToldOfAll(journal) && !journal.some(({ type }) => type === 'run.restarted');
    if (isWhole ? told !== paid : told > paid)
      world.violate(`planning ${runId} cost ${paid}, the journal says ${told}`);
  }
}

/** Of an adaptive run, whose last question may have been cut, only if it was not. */
function isToldOfAll(journal: readonly RunEvent[]): boolean {
  const { adaptive, status } = fold(journal);
  return journal.some(wasAnswered) && (adaptive === null || status === 'succeeded');
}

/** With a plan, or twice with one that cannot be run. */
function wasAnswered({ type, data }: RunEvent): boolean {
  return type === 'plan.created' || ('error' in data && data.error?.code === 'planning_failed');
}

const isNoChild = ({ submission }: MemoryRun): boolean => submission.parent === undefined;

/** No child outlives its parent, and what it has cost is what its step has cost, once. */
function checkChildren({ world, store }: Simulation): void {
  const costs = new Map<string, number>();
  for (const [runId, { submission, status }] of store.runs) {
    const { parent } = submission;
    if (parent === undefined) continue;
    const above = store.runs.get(parent.runId);
    if (above === undefined || (isTerminal(above.status) && !isTerminal(status)))
      world.violate(`a child outlives its parent: ${runId} ${status}`);
    const cost = costOf(settledOf(store.journals.events(runId)));
    costs.set(parent.runId, (costs.get(parent.runId) ?? 0) + cost);
  }
  for (const [runId, cost] of costs) {
    const events = store.journals
      .events(runId)
      .filter(({ data }) => 'skill' in data && data.skill === 'agent_invoke');
    const isOver = isTerminal(store.runs.get(runId)?.status ?? 'queued');
    if (isOver ? costOf(events) !== cost : costOf(events) > cost)
      world.violate(`the children of ${runId} cost ${cost}, its journal says ${costOf(events)}`);
  }
}

/** Each message is waiting, or stands in the journal of one run, once; nobody waits for one that is there. */
function checkMessages({ world, store }: Simulation): void {
  const journalled = new Map<string, number>();
  for (const runId of store.runs.keys()) {
    for (const { type, data } of store.journals.events(runId)) {
      if (type !== 'step.finished' || data.skill !== 'message_wait' || data.status !== 'succeeded') continue;
      const { message_id: messageId } = data.output as { message_id: string };
      journalled.set(messageId, (journalled.get(messageId) ?? 0) + 1);
    }
  }
  for (const { message, taken, isReceived } of store.mailbox.kept) {
    const times = journalled.get(message.message_id) ?? 0;
    const isRight = isReceived ? times === 1 : times === 0 && taken === null;
    if (!isRight)
      world.violate(`a message is lost or doubled: ${message.message_id} ${times} ${JSON.stringify(taken)}`);
  }
}

/** Nothing is reserved but for runs that are open, and what was spent is what the steps cost. */
function checkBudgets({ world, store }: Simulation): void {
  for (const [agentKey, agent] of store.agents) {
    const own = [...store.runs.values()].filter(({ submission }) => submission.agentKey === agentKey);
    const expected = {
      reserved: sum(own, (run) => (isTerminal(run.status) ? 0 : run.submission.reserveMicrocents)),
      spent: sum(own.filter(isNoChild), (run) =>
        costOf(settledOf(store.journals.events(run.submission.runId))),
      ),
      openRuns: 0,
    };
    const found = {
      reserved: agent.reservedMicrocents,
      spent: agent.spentMicrocents,
      openRuns: agent.openRuns,
    };
    if (JSON.stringify(found) !== JSON.stringify(expected))
      world.violate(`the budget of ${agentKey} is ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`);
  }
}

const SPENDING: readonly string[] = [
  'step.finished',
  'step.compensated',
  'tool.call.failed',
  'plan.created',
  'plan.reviewed',
  'plan.rejected',
];

/** Up to the run's last end. */
function settledOf(events: readonly RunEvent[]): readonly RunEvent[] {
  return events.slice(0, 1 + events.findLastIndex(({ type }) => type === 'run.finished'));
}

/** Every attempt's cost stands in one event. */
function spentBy({ type, data }: RunEvent): number {
  return SPENDING.includes(type) && 'cost_microcents' in data ? (data.cost_microcents ?? 0) : 0;
}

function costOf(events: readonly RunEvent[]): number {
  return events.reduce((cost, event) => cost + spentBy(event), 0);
}

function sum(runs: readonly MemoryRun[], amount: (run: MemoryRun) => number): number {
  return runs.reduce((total, run) => total + amount(run), 0);
}
