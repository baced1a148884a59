import { randomUUID } from 'node:crypto';
import {
  authVerify,
  errorOf,
  eventSubject,
  fail,
  runsEvents,
  succeed,
  type CloudEvent,
  type EventType,
} from '@aos/contracts';
import { connectMessaging, type Messaging } from '@aos/messaging';
import { createLogger } from '@aos/telemetry';
import type { startNats } from '@aos/testing';

type Nats = Awaited<ReturnType<typeof startNats>>;

const logger = createLogger({ service: 'test', level: 'silent' });

const KEYS: Record<string, { tenantId: string; keyId: string }> = {
  'key-acme': { tenantId: 'acme', keyId: '019a2f6e-7c1b-7d11-8a52-000000000001' },
  'key-globex': { tenantId: 'globex', keyId: '019a2f6e-7c1b-7d11-8a52-000000000002' },
};

interface FakeRun {
  tenantId: string;
  journal: CloudEvent[];
}

interface AppendOptions {
  /** Committed, but never published. */
  isLost?: boolean;
  /** Size of each event's data. */
  bytes?: number;
  type?: EventType;
}

/** The orchestrator's journal and the gateway's check of keys, answered over the real messaging library. */
export class FakePlatform {
  /** Pages of journals that were read. */
  reads = 0;
  readonly #runs = new Map<string, FakeRun>();
  readonly #orchestrator: Messaging;
  readonly #gateway: Messaging;
  #gatewayStopped: Promise<void> | undefined;

  private constructor(orchestrator: Messaging, gateway: Messaging) {
    this.#orchestrator = orchestrator;
    this.#gateway = gateway;
  }

  static async start(nats: Nats): Promise<FakePlatform> {
    const join = (service: string) => connectMessaging({ url: nats.urlFor(service), service, logger });
    const platform = new FakePlatform(await join('orchestrator'), await join('api-gateway'));
    platform.#answer();
    await Promise.all([platform.#orchestrator.roundTripMs(), platform.#gateway.roundTripMs()]);
    return platform;
  }

  async stop(): Promise<void> {
    await this.#orchestrator.drain();
    await this.stopGateway();
  }

  newRun(tenantId = 'acme'): string {
    const runId = randomUUID();
    this.#runs.set(runId, { tenantId, journal: [] });
    return runId;
  }

  /** Commits events and, like the orchestrator, only then publishes them; `isLost`: they are not published. */
  async append(
    runId: string,
    count: number,
    { isLost = false, bytes = 0, type = 'step.finished' }: AppendOptions = {},
  ) {
    const run = this.#runs.get(runId);
    if (run === undefined) throw new Error('no such run');
    const events = Array.from({ length: count }, (_, index) =>
      cloudEvent({ runId, tenantId: run.tenantId, seq: run.journal.length + 1 + index, bytes, type }),
    );
    run.journal.push(...events);
    if (!isLost) await this.#publish(run, events);
  }

  /** What no orchestrator would publish, on the subject of a run's events. */
  async publishRubbish(runId: string, payload: string): Promise<void> {
    const place = { tenantId: 'acme', agentId: 'a1', entity: 'run', entityId: runId } as const;
    const subject = eventSubject(place, 'step.finished');
    await this.#orchestrator.publishEvents([{ subject, id: randomUUID(), payload }]);
  }

  async revoke(key: string): Promise<void> {
    const { tenantId, keyId } = KEYS[key] ?? { tenantId: '', keyId: '' };
    const subject = eventSubject({ tenantId, entity: 'key', entityId: keyId }, 'key.revoked');
    const payload = JSON.stringify({ data: { key_id: keyId } });
    await this.#gateway.publishEvents([{ subject, id: `${keyId}-revoked`, payload }]);
  }

  async stopGateway(): Promise<void> {
    this.#gatewayStopped ??= this.#gateway.drain();
    await this.#gatewayStopped;
  }

  /** Repeats until stored: the stream drops what it has already. */
  async #publish(run: FakeRun, events: CloudEvent[]): Promise<void> {
    const messages = events.map((event) => ({
      subject: eventSubject(
        { tenantId: run.tenantId, agentId: 'a1', entity: 'run', entityId: event.runid ?? '' },
        event.type as EventType,
      ),
      id: event.id,
      payload: JSON.stringify(event),
    }));
    for (let isStored = false; !isStored;) {
      isStored = await this.#orchestrator.publishEvents(messages).then(
        () => true,
        () => new Promise((resolve) => setTimeout(() => resolve(false), 50)),
      );
    }
  }

  #answer(): void {
    this.#orchestrator.answer(runsEvents, async (context, { run_id, after, limit }) => {
      this.reads += 1;
      const run = this.#runs.get(run_id);
      if (run?.tenantId !== context.tenantId) return fail(errorOf('not_found', 'no such run'));
      const data = run.journal.slice(after, after + limit);
      const isEnd = after + data.length >= run.journal.length;
      return succeed({ data, next_cursor: isEnd ? null : String(after + data.length) });
    });
    this.#gateway.answerAnonymous(authVerify, async (_context, { credential, tenant_id }) => {
      const key = KEYS[credential];
      if (key === undefined) return fail(errorOf('unauthenticated', 'unknown key'));
      if (tenant_id !== undefined && tenant_id !== key.tenantId) {
        return fail(errorOf('tenant_forbidden', 'not a tenant of this key'));
      }
      return succeed({ tenant_id: key.tenantId, key_id: key.keyId, actor: `key:${key.keyId}`, level: 3 });
    });
  }
}

interface EventFacts {
  runId: string;
  tenantId: string;
  seq: number;
  bytes: number;
  type: EventType;
}

function cloudEvent({ runId, tenantId, seq, bytes, type }: EventFacts): CloudEvent {
  return {
    specversion: '1.0',
    id: `1-${runId}-${seq}`,
    source: 'aos/orchestrator',
    type,
    subject: `run/${runId}`,
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    tenantid: tenantId,
    runid: runId,
    runseq: seq,
    data: { filling: 'x'.repeat(bytes) },
  };
}
