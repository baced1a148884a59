import { StackError } from './stack-error.ts';
import { HOME_TENANT } from './layout.ts';

const TEAM_MEMBER = 3;

interface KeyOptions {
  gatewayUrl: string;
  adminKey: string;
  /** The one of an earlier start. */
  known: string | undefined;
}

/** The key of an ordinary user: the known one while the gateway takes it, else a new one. */
export async function tenantKey({ gatewayUrl, adminKey, known }: KeyOptions): Promise<string> {
  if (known !== undefined && (await isAccepted(gatewayUrl, known))) return known;
  const response = await fetch(`${gatewayUrl}/api/v1/admin/api-keys`, {
    method: 'POST',
    headers: { 'X-AOS-Key': adminKey, 'X-Tenant-Id': HOME_TENANT, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'local stack', level: TEAM_MEMBER }),
  });
  const text = await response.text();
  if (!response.ok) throw new StackError(`the gateway gave no API key (${response.status}): ${text}`);
  const { createdApiKey } = await import('@aos/contracts');
  return createdApiKey.parse(JSON.parse(text)).api_key;
}

async function isAccepted(gatewayUrl: string, key: string): Promise<boolean> {
  const response = await fetch(`${gatewayUrl}/api/v1/agents?limit=1`, { headers: { 'X-AOS-Key': key } });
  await response.body?.cancel();
  return response.status !== 401;
}
