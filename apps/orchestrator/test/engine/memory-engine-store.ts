import {
  type ClaimedRun,
  type EngineStore,
  type FinishedRun,
  type Flush,
  type ReleasedRun,
  type Restart,
  type RestartResult,
  type RunSignal,
  type SignalReceipt,
  type Submission,
  type SubmitResult,
  type Ticket,
  type UnpublishedFlush,
} from '../../src/application/engine/ports.ts';
import { admissionAgain, admit, type AgentFacts, type Verdict } from '../../src/domain/run/admit.ts';
import { isTerminal, type RunEvent } from '../../src/domain/run/state.ts';
import { WAITS_FOR_WAKE } from '../../src/domain/run/waiting.ts';
import { MemoryFlushes, type Kept } from './memory-flushes.ts';
import { MemoryJournal, refuseUnfit, spansOf, type Span } from './memory-journal.ts';
import { MemoryMailbox } from './memory-mailbox.ts';
import { MemoryQueue } from './memory-queue.ts';
import { MemorySignals } from './memory-signals.ts';
import { MemoryStandings } from './memory-standings.ts';
import { MemoryWorkers } from './memory-workers.ts';
import {
  answerOf,
  beginAgain,
  claimedRun,
  count,
  knownRuns,
  isOverdueInQueue,
  newRun,
  releaseRun,
  refuseNul,
  scopedKey,
  closeRun,
  takeRun,
  withParent,
  type MemoryRun,
} from './memory-run.ts';

/** The engine's store in memory, each method one indivisible step: what the simulation runs on. */
export class MemoryEngineStore implements EngineStore {
  /** By `tenant/agent`. */
  readonly agents = new Map<string, AgentFacts>();
  readonly runs = new Map<string, MemoryRun>();
  readonly journals = new MemoryJournal();
  readonly unpublished = new MemoryFlushes();
  readonly mailbox = new MemoryMailbox({
    hasAgent: (agentKey) => this.agents.has(agentKey),
    isRunning: (runId) => this.runs.get(runId)?.status === 'running',
    wake: ({ runId, stepId }) => this.#signals.wake(runId, stepId),
  });
  readonly standings = new MemoryStandings(this.agents);
  readonly #signals = new MemorySignals();
  readonly #queue = new MemoryQueue(this.standings);
  readonly workers: MemoryWorkers;
  readonly #now: () => number;
  readonly #maxStepsDefault: number;

  constructor(now: () => number, maxStepsDefault: number) {
    this.#now = now;
    this.workers = new MemoryWorkers(now);
    this.#maxStepsDefault = maxStepsDefault;
  }

  get signalsLeft(): Map<string, RunSignal> {
    return this.#signals.left;
  }

  async registerWorker({ workerId, leaseMs }: { workerId: string; leaseMs: number }): Promise<void> {
    this.workers.lease(workerId, leaseMs);
  }

  async renewLease(workerId: string, leaseMs: number): Promise<boolean> {
    if (!this.workers.has(workerId)) return false;
    this.workers.lease(workerId, leaseMs);
    return true;
  }

  async unregisterWorker(workerId: string): Promise<void> {
    if (this.#ownedBy(workerId).length === 0) this.workers.remove(workerId);
  }

  async submit(
    workerId: string,
    flushNo: number,
    submitted: Submission[],
    slots: number,
  ): Promise<SubmitResult[] | 'fenced'> {
    if (!this.workers.has(workerId)) return 'fenced';
    const batch = submitted.map((submission) => withParent(submission, this.runs));
    const verdicts = admit(
      batch.map((submission) => ({ ...submission, idempotencyKey: scopedKey(submission) })),
      { agents: this.agents, runs: knownRuns(this.runs), maxStepsDefault: this.#maxStepsDefault },
    );
    refuseNul(batch.filter((_submission, index) => verdicts[index]?.kind === 'admit'));
    let left = this.#queue.isEmpty ? slots : 0;
    const results = batch.map((submission, index) => {
      const verdict = verdicts[index];
      const isReady = verdict?.kind === 'admit' && submission.startAt === null;
      const owner = isReady && left > 0 ? workerId : null;
      if (owner !== null) left -= 1;
      return this.#admitted(submission, verdict, owner);
    });
    const fresh = results.flatMap((result) => (result.kind === 'admitted' ? [result] : []));
    if (fresh.length > 0) {
      const spans = fresh.map(({ run, events }): Span => [run.run_id, 1, events.length]);
      const tickets = fresh.flatMap(({ run }) =>
        run.status === 'waiting' ? [] : [{ runId: run.run_id, enqueueNo: 1 }],
      );
      this.unpublished.keep({ workerId, flushNo, spans, tickets });
    }
    return results;
  }

  async flush(flush: Flush): Promise<'committed' | 'fenced'> {
    const { workerId, flushNo, rows } = flush;
    if (!this.workers.has(workerId)) return 'fenced';
    refuseUnfit(this.journals, flush);
    for (const row of rows) this.journals.append(row);
    this.mailbox.receive(flush.received ?? []);
    for (const finished of flush.finished) this.#settle(workerId, finished);
    for (const released of flush.released) this.#release(workerId, released);
    for (const signalId of flush.handledSignals) this.signalsLeft.delete(signalId);
    this.unpublished.deleteUpTo(workerId, flush.publishedUpTo);
    if (rows.length > 0) this.unpublished.keep({ workerId, flushNo, spans: spansOf(rows), tickets: [] });
    return 'committed';
  }

  async restart(workerId: string, flushNo: number, restart: Restart): Promise<RestartResult | 'fenced'> {
    if (!this.workers.has(workerId)) return 'fenced';
    const { runId, reserveMicrocents, row } = restart;
    const { agents } = this;
    const known = { agents, runs: new Map(), maxStepsDefault: this.#maxStepsDefault };
    const [verdict] = admit([admissionAgain(restart)], known);
    if (verdict?.kind === 'refuse') return verdict;
    const run = this.runs.get(runId);
    const isAsRead = row.event.seq === this.journals.lastSeq(runId) + 1;
    if (run === undefined || !isTerminal(run.status) || !isAsRead) return { kind: 'changed' };
    this.journals.append(row);
    count(this.agents, run, { reservedMicrocents: reserveMicrocents, openRuns: 1 });
    beginAgain(run, reserveMicrocents);
    this.#enqueue(run);
    const ticket = { runId, enqueueNo: run.enqueueNo };
    this.unpublished.keep({ workerId, flushNo, spans: spansOf([row]), tickets: [ticket] });
    return { kind: 'restarted', ticket };
  }

  async wasCommitted(workerId: string, flushNo: number): Promise<boolean> {
    return this.unpublished.has(workerId, flushNo);
  }

  async claim(workerId: string, slots: number, engineVersion: number): Promise<ClaimedRun[]> {
    if (!this.#mayTake(workerId)) return [];
    const isKnown = (runId: string): boolean => this.#run(runId).engineVersion <= engineVersion;
    return this.#queue.take(slots, isKnown).map((runId) => this.#take(workerId, runId, engineVersion));
  }

  async claimOverdue(workerId: string, limit: number, engineVersion: number): Promise<ClaimedRun[]> {
    if (!this.#mayTake(workerId)) return [];
    const overdue = [...this.runs.values()].filter(
      (run) =>
        isOverdueInQueue(run, this.#now(), engineVersion) &&
        !this.standings.isSuspended(run.submission.tenantId),
    );
    const runIds = this.#queue.takeNamed(overdue.map(({ submission }) => submission.runId).slice(0, limit));
    return runIds.map((runId) => this.#take(workerId, runId, engineVersion));
  }

  async owned(workerId: string): Promise<ClaimedRun[]> {
    return this.#ownedBy(workerId).map((run) => claimedRun(run, true));
  }

  async journal(runIds: readonly string[]): Promise<Map<string, RunEvent[]>> {
    const found = runIds.filter((runId) => this.journals.lastSeq(runId) > 0);
    return new Map(found.map((runId) => [runId, this.journals.events(runId)]));
  }

  async handBack(
    workerId: string,
    { runId, enqueueNo }: { runId: string; enqueueNo: number },
    isOrderly: boolean,
  ): Promise<Ticket[]> {
    const run = this.runs.get(runId);
    if (run?.workerId !== workerId || run.enqueueNo !== enqueueNo) return [];
    if (isOrderly) run.idleClaims = Math.max(run.idleClaims - 1, 0);
    return [this.#handOn(run)];
  }

  async signal(
    { tenantId, runId }: { tenantId: string; runId: string },
    signal: RunSignal,
  ): Promise<SignalReceipt> {
    const run = this.runs.get(runId);
    if (run === undefined || run.submission.tenantId !== tenantId) return { kind: 'not_found' };
    if (isTerminal(run.status)) return { kind: 'ended' };
    if (!this.#signals.leave(run, signal)) return { kind: 'left', ownerId: null, ticket: null };
    const ownerId = run.workerId;
    return { kind: 'left', ownerId, ticket: ownerId === null ? this.#makeReady(run) : null };
  }

  async signals(workerId: string): Promise<RunSignal[]> {
    return this.#ownedBy(workerId).flatMap(({ submission }) => this.#signals.of(submission.runId));
  }

  async closeToChildren(workerId: string, runId: string): Promise<string[]> {
    return closeRun(this.runs, workerId, runId);
  }

  async wake({ tenantId, runId }: { tenantId: string; runId: string }): Promise<SignalReceipt> {
    const run = this.runs.get(runId);
    if (run === undefined || run.submission.tenantId !== tenantId) return { kind: 'not_found' };
    if (isTerminal(run.status)) return { kind: 'ended' };
    const isToWake = run.status === 'waiting' && WAITS_FOR_WAKE.includes(run.waitingReason ?? '');
    return { kind: 'left', ownerId: run.workerId, ticket: isToWake ? this.#makeReady(run) : null };
  }

  async unlockedWorkers(workerId: string): Promise<string[]> {
    return this.workers.unlocked().filter((other) => other !== workerId);
  }

  async buryDeadWorkers(_leaseMs: number, knownDead: readonly string[] = []): Promise<Ticket[]> {
    const dead = this.workers.takeDead(knownDead);
    return dead.flatMap((workerId) => this.#ownedBy(workerId)).map((run) => this.#handOn(run));
  }

  async wakeDue(limit: number): Promise<Ticket[]> {
    return [...this.runs.values()]
      .filter((run) => run.status === 'waiting' && this.#signals.isWanted(run, this.#now()))
      .slice(0, limit)
      .map((run) => this.#makeReady(run));
  }

  async leftFlushes(workerId: string, lost: readonly number[], limit: number): Promise<UnpublishedFlush[]> {
    const isLost = (kept: Kept): boolean =>
      !this.workers.has(kept.workerId) || (kept.workerId === workerId && lost.includes(kept.flushNo));
    const left = this.unpublished.inOrder().filter(isLost).slice(0, limit);
    return left.map(({ spans, ...kept }) => ({
      ...kept,
      rows: spans.flatMap((span) => this.journals.rows(span)),
    }));
  }

  async deleteFlushes(flushes: readonly { workerId: string; flushNo: number }[]): Promise<void> {
    for (const { workerId, flushNo } of flushes) this.unpublished.delete(workerId, flushNo);
  }

  #mayTake(workerId: string): boolean {
    return this.workers.has(workerId) && !this.standings.isDraining(workerId);
  }

  #take(workerId: string, runId: string, engineVersion: number): ClaimedRun {
    const run = this.#run(runId);
    const seq = run.claimedSeq === 0 ? run.firstEvents : this.journals.lastSeq(runId);
    takeRun(run, { workerId, seq, engineVersion });
    return claimedRun(run, this.#signals.of(runId).length > 0);
  }

  #admitted(submission: Submission, verdict: Verdict | undefined, owner: string | null): SubmitResult {
    if (verdict === undefined) throw new Error('a submission without a verdict');
    if (verdict.kind === 'refuse') return verdict;
    if (verdict.kind === 'repeat') {
      const { submission: first, status } = this.#run(verdict.runId);
      return { kind: 'repeated', run: { ...answerOf(first), status } };
    }
    const events = submission.events(verdict);
    const { reserveMicrocents } = verdict;
    this.#insert({ ...submission, reserveMicrocents }, events, owner);
    return { kind: 'admitted', run: answerOf(submission), events, isClaimed: owner !== null };
  }

  #insert(submission: Submission, events: RunEvent[], workerId: string | null): void {
    const { runId, tenantId, agentId, traceparent, reserveMicrocents } = submission;
    const run = newRun(submission, events.length);
    this.runs.set(runId, run);
    for (const event of events) this.journals.append({ runId, tenantId, agentId, traceparent, event });
    const isScheduled = submission.startAt !== null;
    count(this.agents, run, { reservedMicrocents: reserveMicrocents, openRuns: isScheduled ? 0 : 1 });
    if (isScheduled) return;
    if (workerId === null) return this.#enqueue(run);
    Object.assign(run, { workerId, status: 'running', idleClaims: 1, claimedSeq: events.length });
  }

  #settle(workerId: string, { runId, status, costMicrocents, awaitedBy: parent = null }: FinishedRun): void {
    const run = this.runs.get(runId);
    if (run?.workerId !== workerId) return;
    count(this.agents, run, {
      reservedMicrocents: -run.reservedMicrocents,
      spentMicrocents: run.submission.parent === undefined ? costMicrocents - run.costMicrocents : 0,
      openRuns: -1,
    });
    Object.assign(run, { status, workerId: null, reservedMicrocents: 0, costMicrocents });
    for (const signal of this.#signals.of(runId)) this.signalsLeft.delete(signal.signalId);
    this.mailbox.giveUp(runId);
    const above = parent === null ? undefined : this.runs.get(parent.runId);
    if (parent !== null && above !== undefined && !isTerminal(above.status))
      this.#signals.wake(parent.runId, parent.stepId);
  }

  #release(workerId: string, released: ReleasedRun): void {
    const run = this.runs.get(released.runId);
    if (run?.workerId !== workerId) return;
    count(this.agents, run, { openRuns: -1 });
    releaseRun(run, released);
    if (released.isGoingBack === true) this.mailbox.giveUp(released.runId);
  }

  #makeReady(run: MemoryRun): Ticket {
    if (run.status === 'waiting') count(this.agents, run, { openRuns: 1 });
    Object.assign(run, { status: 'queued', readyAtMs: null, enqueueNo: run.enqueueNo + 1 });
    this.#enqueue(run);
    return { runId: run.submission.runId, enqueueNo: run.enqueueNo };
  }

  #handOn(run: MemoryRun): Ticket {
    Object.assign(run, { workerId: null, enqueueNo: run.enqueueNo + 1 });
    this.#enqueue(run);
    return { runId: run.submission.runId, enqueueNo: null };
  }

  #enqueue({ submission: { runId, tenantId, priority } }: MemoryRun): void {
    this.#queue.add({ runId, tenantId, priority });
  }

  #run(runId: string): MemoryRun {
    const run = this.runs.get(runId);
    if (run === undefined) throw new Error(`no run ${runId}`);
    return run;
  }

  #ownedBy(workerId: string): MemoryRun[] {
    return [...this.runs.values()].filter((run) => run.workerId === workerId);
  }
}
