import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  startHttpReceiver,
  startTestStack,
  waitUntil,
  type HttpReceiver,
  type TestStack,
} from '@aos/testing';
import { repositoryRoot } from '@aos/tooling';
import { Api, callerOf } from './api.ts';
import { holdAnswers } from './gate.ts';
import { transform, webhook } from './steps.ts';

interface WorkerLine {
  worker_id: string;
  runs_owned: number;
  draining: boolean;
}

let stack: TestStack;
let hooks: HttpReceiver;
let api: Api;

beforeAll(async () => {
  stack = await startTestStack({
    env: { EGRESS_ALLOW: '127.0.0.1', RATE_LIMIT_ENABLED: 'false' },
    services: ['api-gateway', 'orchestrator'],
  });
  hooks = await startHttpReceiver();
  await stack.startAnother('orchestrator');
  api = await callerOf(stack, 'acme', 4);
});
afterAll(async () => {
  await stack.stop();
  await hooks.close();
});
beforeEach(() => {
  hooks.requests.length = 0;
  hooks.respondWith(() => ({}));
});

/** `aos … --json` with the key of the installation, or another. */
async function aos<T>(args: string[], key = stack.adminKey): Promise<T> {
  const command = [join(repositoryRoot, 'apps/cli/bin/aos.mjs'), ...args, '--json'];
  const { PATH, NODE_V8_COVERAGE } = process.env;
  const env = { PATH, NODE_V8_COVERAGE, AOS_URL: stack.gatewayUrl, AOS_API_KEY: key };
  const { stdout } = await promisify(execFile)(process.execPath, command, { env });
  return JSON.parse(stdout) as T;
}

const workers = async (): Promise<WorkerLine[]> =>
  (await aos<{ data: WorkerLine[] }>(['ops', 'workers'])).data;

describe('an operator', () => {
  it('drains a worker: another takes its run at the next step, and it takes none until it is resumed', async () => {
    const { agent_id: agentId } = await api.createAgent();
    const gate = holdAnswers(hooks);
    const plan = [webhook(`${hooks.url}/one`), webhook(`${hooks.url}/two`)];
    const runId = await api.start(agentId, plan);
    await waitUntil(() => hooks.requests.length === 1, { what: 'the first call' });
    const owner = (await workers()).find(({ runs_owned: owned }) => owned === 1);
    if (owner === undefined) throw new Error('nobody has the run');
    await aos(['ops', 'drain', owner.worker_id]);
    // Its step is under way: it is let finish.
    expect(hooks.requests).toHaveLength(1);
    gate.open();
    expect(await api.ended(runId)).toMatchObject({ status: 'succeeded' });
    expect(hooks.requests).toHaveLength(2);
    for (let round = 0; round < 5; round += 1) await api.ended(await api.start(agentId, [transform('1')]));
    const drained = (await workers()).find(({ worker_id: id }) => id === owner.worker_id);
    expect(drained).toMatchObject({ draining: true, runs_owned: 0 });
    await aos(['ops', 'drain', owner.worker_id, '--resume']);
  });

  it('suspends a tenant: its goals are refused, others work, and it goes on when it is resumed', async () => {
    const { agent_id: agentId } = await api.createAgent();
    await aos(['ops', 'suspend', 'acme', '--reason', 'unpaid']);
    const refused = await api.submit(agentId, { plan: [transform('1')] });
    expect(refused).toMatchObject({ status: 403, body: { code: 'tenant_suspended' } });
    const other = new Api(stack.gatewayUrl, stack.apiKey);
    const { agent_id: otherId } = await other.createAgent();
    await other.ended(await other.start(otherId, [transform('1')]));
    await aos(['ops', 'resume', 'acme']);
    await api.ended(await api.start(agentId, [transform('1')]));
  });

  it('cancels in bulk what he was shown before', async () => {
    const { agent_id: agentId } = await api.createAgent();
    const gate = holdAnswers(hooks);
    const runs = [1, 2, 3].map(() => api.start(agentId, [webhook(`${hooks.url}/held`)]));
    const ids = await Promise.all(runs);
    const shown = await aos(['bulk-cancel', '--agent', agentId], api.key);
    expect(shown).toMatchObject({ dry_run: true, matched: 3 });
    const stuck = await aos<{ data: { run_id: string }[] }>(['ops', 'stuck', '--older-than', '0s'], api.key);
    expect(stuck.data.map(({ run_id: id }) => id)).toEqual(expect.arrayContaining(ids));
    expect(await aos(['bulk-cancel', '--agent', agentId, '--yes'], api.key)).toMatchObject({ done: 3 });
    for (const runId of ids) expect(await api.ended(runId)).toMatchObject({ status: 'cancelled' });
    gate.open();
  });

  it('of one tenant may not do what concerns all', async () => {
    const owner = await callerOf(stack, 'acme', 5);
    for (const route of [
      'GET /admin/workers',
      'GET /admin/dead-letters',
      'POST /admin/tenants/default/suspend',
    ])
      expect(await owner.send(route)).toMatchObject({ status: 403, body: { code: 'authorization_denied' } });
    expect(await owner.send('GET /admin/runs/stuck?all_tenants=true')).toMatchObject({ status: 403 });
    expect(await owner.send('GET /admin/runs/stuck')).toMatchObject({ status: 200 });
  });
});
