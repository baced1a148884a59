import { agent, createdApiKey, type PlanStepInput, type StackFile } from '@aos/contracts';

/** As many open runs of an agent as can be asked for. */
const OPEN_RUNS_MAX = 100_000;

interface Answer {
  status: number;
  body: unknown;
}

/** The public API as one caller uses it. */
export interface Api {
  /** Whatever the answer; rejects when there is none. */
  post(path: string, body: unknown): Promise<Answer>;
  /** The body of an answer with a status of success. */
  create(path: string, body: unknown): Promise<unknown>;
}

function openApi(gatewayUrl: string, headers: Readonly<Record<string, string>>): Api {
  const post = async (path: string, body: unknown): Promise<Answer> => {
    const response = await fetch(`${gatewayUrl}/api/v1${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  };
  const create = async (path: string, body: unknown) => {
    const answer = await post(path, body);
    if (answer.status >= 300)
      throw new Error(`POST ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  return { post, create };
}

/** The tenant of the stack's own key. */
export function homeApi({ gateway_url, api_key }: StackFile): Api {
  return openApi(gateway_url, { 'x-aos-key': api_key });
}

/** Another tenant, with a key of its own. */
export async function apiOfTenant({ gateway_url, admin_key }: StackFile, tenantId: string): Promise<Api> {
  const admin = openApi(gateway_url, { 'x-aos-key': admin_key, 'x-tenant-id': tenantId });
  const { api_key } = createdApiKey.parse(
    await admin.create('/admin/api-keys', { name: 'benchmark', level: 3 }),
  );
  return openApi(gateway_url, { 'x-aos-key': api_key });
}

export async function createAgent(api: Api): Promise<string> {
  const created = await api.create('/agents', { name: 'benchmark', max_concurrent_runs: OPEN_RUNS_MAX });
  return agent.parse(created).agent_id;
}

/** A goal with a plan of its own. */
export function goalOf(plan: readonly PlanStepInput[], idempotencyKey?: string) {
  return {
    goal: 'benchmark',
    plan,
    ...(idempotencyKey !== undefined && { idempotency_key: idempotencyKey }),
  };
}
