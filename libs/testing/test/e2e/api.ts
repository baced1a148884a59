import {
  agent,
  cloudEvent,
  createdApiKey,
  run,
  submittedRun,
  type Agent,
  type CloudEvent,
  type Run,
} from '@aos/contracts';
import { waitUntil, type TestStack } from '@aos/testing';
import type { Step } from './steps.ts';

export interface Answer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

interface Sending {
  /** Sent as JSON; a string is sent as it is. */
  body?: unknown;
  headers?: Record<string, string>;
}

const ENDED: readonly string[] = ['succeeded', 'failed', 'cancelled'];

/** The public API as one caller uses it. */
export class Api {
  readonly #gatewayUrl: string;
  readonly #headers: Record<string, string>;

  constructor(
    gatewayUrl: string,
    readonly key: string,
    tenantId?: string,
  ) {
    this.#gatewayUrl = gatewayUrl;
    this.#headers = { 'x-aos-key': key, ...(tenantId !== undefined && { 'x-tenant-id': tenantId }) };
  }

  /** `request` is `METHOD /path`, without the /api/v1 before the path. */
  async send(request: string, { body, headers = {} }: Sending = {}): Promise<Answer> {
    const [method = 'GET', path = ''] = request.split(' ');
    const response = await fetch(`${this.#gatewayUrl}/api/v1${path}`, {
      method,
      headers: {
        ...this.#headers,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const parsed: unknown = await response.json();
    return { status: response.status, headers: response.headers, body: Object.assign({}, parsed) };
  }

  async createAgent(fields: Record<string, unknown> = {}): Promise<Agent> {
    const answer = await this.send('POST /agents', { body: { name: 'e2e', ...fields } });
    return agent.parse(answer.body);
  }

  async getAgent(agentId: string): Promise<Agent> {
    return agent.parse((await this.send(`GET /agents/${agentId}`)).body);
  }

  submit(agentId: string, goal: Record<string, unknown>): Promise<Answer> {
    return this.send(`POST /agents/${agentId}/goals`, { body: { goal: 'e2e', ...goal } });
  }

  /** Submits a goal that must be taken; gives the run's id. */
  async start(agentId: string, plan: Step[], more: Record<string, unknown> = {}): Promise<string> {
    const { status, body } = await this.submit(agentId, { plan, ...more });
    if (status !== 202) throw new Error(`answered ${status}: ${JSON.stringify(body)}`);
    return submittedRun.parse(body).run_id;
  }

  async getRun(runId: string): Promise<Run> {
    return run.parse((await this.send(`GET /runs/${runId}`)).body);
  }

  /** The run, as soon as it looks as wished; an API that is unavailable is asked again. */
  runWhen(runId: string, isWished: (run: Run) => boolean, timeoutMs = 15_000): Promise<Run> {
    const look = async () => {
      const { status, body } = await this.send(`GET /runs/${runId}`);
      if (status === 503) return false;
      const found = run.parse(body);
      return isWished(found) && found;
    };
    return waitUntil(look, { what: `run ${runId} as wished`, timeoutMs });
  }

  ended(runId: string, timeoutMs?: number): Promise<Run> {
    return this.runWhen(runId, ({ status }) => ENDED.includes(status), timeoutMs);
  }

  async events(runId: string): Promise<CloudEvent[]> {
    const { body } = await this.send(`GET /runs/${runId}/events?limit=1000`);
    return cloudEvent.array().parse(body['data']);
  }
}

/** A caller of another tenant, of level 3 unless said otherwise. */
export async function callerOf(stack: TestStack, tenantId: string, level = 3): Promise<Api> {
  const admin = new Api(stack.gatewayUrl, stack.adminKey, tenantId);
  const { body } = await admin.send('POST /admin/api-keys', { body: { name: 'e2e', level } });
  return new Api(stack.gatewayUrl, createdApiKey.parse(body).api_key, tenantId);
}
