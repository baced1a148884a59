import type { Health, HealthStatus } from '@aos/contracts';
import type { Logger } from '@aos/telemetry';
import type { HealthProbe } from './health-probe.ts';

type Component = Health['components'][string];

/** Asks all probes at once, each within its bound, and sums up. */
export class HealthChecks {
  readonly #probes: HealthProbe[];
  readonly #lastStatus = new Map<string, HealthStatus>();
  #running: Promise<Health> | undefined;

  constructor(
    probes: readonly HealthProbe[],
    private readonly timeoutMs: number,
    private readonly logger: Logger,
  ) {
    this.#probes = [...probes];
  }

  /** For what exists only once the service is composed. */
  register(probe: HealthProbe): void {
    this.#probes.push(probe);
  }

  /** Callers at the same time share one round, so that asking often cannot load what is asked. */
  run(): Promise<Health> {
    this.#running ??= this.#ask().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #ask(): Promise<Health> {
    const answers = await Promise.all(this.#probes.map((probe) => this.#askOne(probe)));
    const statuses = answers.map(({ effect }) => effect);
    return {
      status: worst(statuses),
      components: Object.fromEntries(answers.map(({ name, component }) => [name, component])),
    };
  }

  async #askOne(probe: HealthProbe): Promise<{ name: string; component: Component; effect: HealthStatus }> {
    const startedMs = performance.now();
    const { cause, ...found } = await bounded(probe, this.timeoutMs);
    const latencyMs = Math.round((performance.now() - startedMs) * 100) / 100;
    this.#logChange(probe.name, found.status, cause);
    const effect = found.status === 'unhealthy' && !probe.critical ? 'degraded' : found.status;
    return { name: probe.name, component: { ...found, latency_ms: latencyMs }, effect };
  }

  #logChange(name: string, status: HealthStatus, cause: unknown): void {
    const before = this.#lastStatus.get(name) ?? 'healthy';
    this.#lastStatus.set(name, status);
    if (before !== status)
      this.logger.warn({ component: name, before, status, err: cause }, 'health changed');
  }
}

interface Found {
  status: HealthStatus;
  /** Safe to show to anybody; the cause goes to the log only. */
  detail?: string;
  cause?: unknown;
}

async function bounded(probe: HealthProbe, timeoutMs: number): Promise<Found> {
  const timeout = Promise.withResolvers<Found>();
  const timer = setTimeout(() => {
    timeout.resolve({ status: 'unhealthy', detail: `no answer within ${timeoutMs} ms` });
  }, timeoutMs);
  const check = async (): Promise<Found> => (await probe.check()) ?? { status: 'healthy' };
  try {
    return await Promise.race([check().catch(failed), timeout.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function failed(cause: unknown): Found {
  return { status: 'unhealthy', detail: 'does not work', cause };
}

function worst(statuses: readonly HealthStatus[]): HealthStatus {
  if (statuses.includes('unhealthy')) return 'unhealthy';
  return statuses.includes('degraded') ? 'degraded' : 'healthy';
}
