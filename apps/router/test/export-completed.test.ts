import { randomUUID } from 'node:crypto';
import type { ExportInput } from '@aos/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contextOf, openWorld, requestOf, type World } from './world.ts';

let world: World;
const START = Date.UTC(2026, 0, 1);
const ids: string[] = [];

const INSERT = `
  insert into router.llm_costs (id, request_id, tenant_id, purpose, provider, model, response_model, input_tokens,
    cache_read_tokens, cache_write_tokens, output_tokens, cost_microcents, latency_ms, created_at)
  values ($1, $2, $3, 'skill', 'anthropic', 'claude-sonnet-5', 'm', 1, 0, 0, 1, 1, 1, $4)`;

beforeAll(async () => {
  world = await openWorld();
  // Three of each two in the same microsecond, of several tenants.
  for (let number = 0; number < 9; number += 1) {
    const requestId = randomUUID();
    const time = new Date(START + Math.floor(number / 3) * 1_000).toISOString();
    await world.admin.query(INSERT, [numbered(number), requestId, `t-${number}`, time]);
    ids.push(`${requestId}-completed`);
  }
}, 120_000);

afterAll(() => world.close());

const numbered = (number: number): string => `00000000-0000-7000-8000-00000000000${number}`;

async function exported(input: Partial<ExportInput> = {}) {
  const from = new Date(START).toISOString();
  const page = await world.exportCompleted(contextOf({ tenantId: '' }), { from, limit: 200, ...input });
  if (!page.ok) throw new Error(page.error.message);
  return { ids: page.value.events.map(({ id }) => id), next: page.value.next_cursor };
}

describe('the export', () => {
  it('has the events of all tenants, oldest first', async () => {
    expect(await exported()).toEqual({ ids, next: null });
  });

  it('begins where it is told to', async () => {
    const { ids: later } = await exported({ from: new Date(START + 1_000).toISOString() });
    expect(later).toEqual(ids.slice(3));
  });

  it.each([1, 2, 4, 9])('has each event once over pages of %i', async (limit) => {
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await exported({ limit, ...(cursor !== undefined && { cursor }) });
      found.push(...page.ids);
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    expect(found).toEqual(ids);
  });

  it('holds back what is younger than some seconds', async () => {
    const from = new Date().toISOString();
    const { complete } = world.replica();
    expect(await complete(contextOf(), requestOf())).toMatchObject({ ok: true });
    expect(await exported({ from })).toEqual({ ids: [], next: null });
    await world.admin.query(`update router.llm_costs set created_at = created_at - interval '5 seconds'
      where created_at > now() - interval '1 minute'`);
    expect((await exported({ from: new Date(Date.now() - 60_000).toISOString() })).ids).toHaveLength(1);
  });

  it.each(['nonsense', Buffer.from('2026-01-01T00:00:00Z x').toString('base64url'), ''])(
    'refuses a cursor that is not its own: "%s"',
    async (cursor) => {
      const input = { from: new Date(START).toISOString(), limit: 10, cursor };
      expect(await world.exportCompleted(contextOf(), input)).toMatchObject({
        error: { code: 'invalid_request', details: { issues: [{ field: '/cursor' }] } },
      });
    },
  );
});
