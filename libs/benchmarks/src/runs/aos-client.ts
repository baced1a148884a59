import { submittedRun, type PlanStepInput, type StackFile } from '@aos/contracts';
import { connectMessaging } from '@aos/messaging';
import { createLogger } from '@aos/telemetry';
import { createAgent, goalOf, homeApi } from '../api.ts';

export interface AosClient {
  createAgent(): Promise<string>;
  /** Hands the plan in and resolves with the times of the run, once its `run.finished` has been seen. */
  run(agentId: string, plan: readonly PlanStepInput[]): Promise<RunTimes>;
  close(): Promise<void>;
}

/** Milliseconds since the request was sent. */
interface RunTimes {
  runId: string;
  /** Until the first step began, as its event says: to the millisecond. */
  firstStepBeganMs: number;
  /** Until the first `step.finished` was seen. */
  firstStepMs: number;
  finishedMs: number;
}

const RUN_MS_MAX = 120_000;

interface Seen {
  firstStep?: { atMs: number; payload: string };
  finished: PromiseWithResolvers<{ atMs: number; status: string }>;
}

/**
 * Submits over the public HTTP API and sees events where realtime gets them, on `aos.live` of NATS: the cheapest way to
 * learn of the end of a run that nobody polls for.
 */
export async function openAosClient(stack: StackFile): Promise<AosClient> {
  const logger = createLogger({ service: 'benchmarks', level: 'error' });
  const messaging = await connectMessaging({ url: stack.nats_url, service: 'operator', logger });
  const runs = new Map<string, Seen>();
  // An event may be seen before the answer that tells the run's id.
  const seenOf = (runId: string) => {
    const seen = runs.get(runId) ?? { finished: Promise.withResolvers() };
    runs.set(runId, seen);
    return seen;
  };
  const live = `aos.live.v1.${stack.tenant_id}.*.run.*`;
  messaging.subscribeCore(`${live}.step.finished`, ({ subject, payload }) => {
    seenOf(runIdIn(subject)).firstStep ??= { atMs: performance.now(), payload };
  });
  messaging.subscribeCore(`${live}.run.finished`, ({ subject, payload }) => {
    const { data }: { data: { status: string } } = JSON.parse(payload);
    seenOf(runIdIn(subject)).finished.resolve({ atMs: performance.now(), status: data.status });
  });
  await messaging.roundTripMs();
  const api = homeApi(stack);

  return {
    createAgent: () => createAgent(api),
    run: async (agentId, plan) => {
      const startMs = performance.now();
      const submitted = await api.create(`/agents/${agentId}/goals`, goalOf(plan));
      const { run_id: runId } = submittedRun.parse(submitted);
      const seen = seenOf(runId);
      const { atMs, status } = await inTime(seen.finished.promise, runId);
      runs.delete(runId);
      if (status !== 'succeeded') throw new Error(`run ${runId} ended ${status}`);
      return {
        runId,
        firstStepBeganMs: beganMs(seen.firstStep?.payload) - startMs,
        firstStepMs: (seen.firstStep?.atMs ?? Number.NaN) - startMs,
        finishedMs: atMs - startMs,
      };
    },
    close: () => messaging.drain(),
  };
}

/** When the step of the event began, on this process's `performance.now()`; both clocks are this machine's. */
function beganMs(payload: string | undefined): number {
  if (payload === undefined) return Number.NaN;
  const { data }: { data: { started_at: string | null } } = JSON.parse(payload);
  return data.started_at === null ? Number.NaN : Date.parse(data.started_at) - performance.timeOrigin;
}

/** `aos.live.v1.<tenant>.<agent>.run.<run id>.<event type…>` */
function runIdIn(subject: string): string {
  return subject.split('.')[6] ?? '';
}

async function inTime<T>(event: Promise<T>, runId: string): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`run ${runId} did not end in ${RUN_MS_MAX} ms`)),
    RUN_MS_MAX,
  );
  return Promise.race([event, late.promise]).finally(() => clearTimeout(timer));
}
