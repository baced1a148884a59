import { errorOf, problemOf, type OutputOf, type usageGet } from '@aos/contracts';
import { startHttpReceiver, type CannedResponse, type HttpReceiver } from '@aos/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { aos } from './aos.ts';
import { AGENT_ID } from './samples.ts';

let api: HttpReceiver;
let env: Record<string, string>;

const json = (body: unknown, status = 200): CannedResponse => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

const line = { agent_id: null, model: null, day: null, cost_microcents: 0, cost_cents: 0 };

const USAGE: OutputOf<typeof usageGet> = {
  tenant_id: 'acme',
  from: '2026-03-01',
  to: '2026-03-10',
  data: [
    { ...line, meter: 'llm_calls', quantity: 1_234_567, cost_microcents: 12_345_000_000, cost_cents: 12_345 },
    { ...line, meter: 'runs', quantity: 7 },
  ],
  total_cost_microcents: 12_345_000_000,
  total_cost_cents: 12_345,
  next_cursor: null,
};

beforeAll(async () => {
  api = await startHttpReceiver();
  env = { AOS_URL: api.url, AOS_API_KEY: 'the-key' };
});

beforeEach(() => {
  api.requests.splice(0);
});

afterAll(() => api.close());

describe('aos usage', () => {
  it('shows a line a meter, with what it cost and the sum', async () => {
    api.respondWith(() => json(USAGE));
    const { exitCode, out } = await aos(['usage'], env);
    expect(exitCode).toBe(0);
    expect(out.split('\n')).toEqual([
      'METER      QUANTITY   COST',
      'llm_calls  1,234,567  $123.45',
      'runs               7',
      '',
      'tenant  acme',
      'days    2026-03-01 to 2026-03-10 (UTC)',
      'cost    $123.45',
    ]);
    expect(api.requests[0]?.path).toBe('/api/v1/usage?limit=200');
  });

  it('asks for what was said, and has a column for each group', async () => {
    const data = [
      { ...line, meter: 'llm_calls', day: '2026-03-01', agent_id: AGENT_ID, model: 'm', quantity: 1 },
      { ...line, meter: 'runs', day: '2026-03-01', quantity: 2 },
    ];
    api.respondWith(() => json({ ...USAGE, data, next_cursor: 'c2' }));
    const days = ['--from', '2026-03-01', '--to', '2026-03-02'];
    const filters = ['--meter', 'llm_calls', '--agent', AGENT_ID, '--model', 'm', '--limit', '2'];
    const { out } = await aos(['usage', ...days, '--by', 'model, day,agent', ...filters], env);
    const asked = new URL(api.requests[0]?.path ?? '', api.url);
    expect(Object.fromEntries(asked.searchParams)).toEqual({
      from: '2026-03-01',
      to: '2026-03-02',
      group_by: 'model,day,agent',
      meter: 'llm_calls',
      agent_id: AGENT_ID,
      model: 'm',
      limit: '2',
    });
    expect(out.split('\n').slice(0, 3)).toEqual([
      expect.stringMatching(/^DAY +METER +AGENT +MODEL +QUANTITY +COST$/),
      expect.stringMatching(new RegExp(`^2026-03-01 +llm_calls +${AGENT_ID} +m +1$`)),
      expect.stringMatching(/^2026-03-01 +runs +- +- +2$/),
    ]);
    expect(out).toContain('--cursor c2');
  });

  it('says so where nothing was used', async () => {
    const nothing = { ...USAGE, to: USAGE.from, data: [], total_cost_microcents: 0, total_cost_cents: 0 };
    api.respondWith(() => json(nothing));
    const { exitCode, out } = await aos(['usage'], env);
    expect({ exitCode, out }).toMatchObject({
      exitCode: 0,
      out: expect.stringMatching(/^no usage of acme, 2026-03-01 /),
    });
  });

  it('is for machines what the API said', async () => {
    api.respondWith(() => json(USAGE));
    expect(JSON.parse((await aos(['usage', '--json'], env)).out)).toEqual(USAGE);
  });

  it('tells which field is wrong, and how to mend it', async () => {
    const issues = [{ field: '/from', message: 'is after the last day, 2026-03-10; name a day up to it' }];
    const refusal = problemOf(errorOf('invalid_request', 'x', { details: { issues } }), 'r-1');
    api.respondWith(() => json(refusal, 400));
    const { exitCode, err } = await aos(['usage', '--from', '2026-04-01'], env);
    expect(exitCode).toBe(2);
    expect(err).toContain('/from: is after the last day, 2026-03-10');
  });

  it('has examples in its help', async () => {
    expect(await aos(['usage', '--help'], env)).toMatchObject({
      exitCode: 0,
      out: expect.stringContaining('$ aos usage --by agent,model'),
    });
  });
});
