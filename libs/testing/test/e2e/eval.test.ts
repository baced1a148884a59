import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { evaluation, type Evaluation } from '@aos/contracts';
import {
  startHttpReceiver,
  startTestStack,
  waitUntil,
  type HttpReceiver,
  type TestStack,
} from '@aos/testing';
import { repositoryRoot } from '@aos/tooling';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { Api } from './api.ts';
import { holdAnswers } from './gate.ts';
import { transform, webhook, type Step } from './steps.ts';

let stack: TestStack;
let api: Api;
let hooks: HttpReceiver;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'aos-e2e-eval-'));
  hooks = await startHttpReceiver();
  stack = await startTestStack({
    modelSandbox: true,
    env: { EGRESS_ALLOW: '127.0.0.1', RATE_LIMIT_ENABLED: 'false' },
  });
  api = new Api(stack.gatewayUrl, stack.apiKey);
});
afterAll(async () => {
  await Promise.all([stack.stop(), hooks.close()]);
  rmSync(folder, { recursive: true });
});

interface Finished {
  code: number;
  out: string;
  err: string;
}

/** The command as a program, as CI runs it. */
function aos(...args: string[]): Promise<Finished> {
  const { PATH, NODE_V8_COVERAGE } = process.env;
  const env = { PATH, NODE_V8_COVERAGE, AOS_URL: stack.gatewayUrl, AOS_API_KEY: stack.apiKey };
  return new Promise((resolve) => {
    const command = [join(repositoryRoot, 'apps/cli/bin/aos.mjs'), ...args];
    execFile(process.execPath, command, { env, cwd: folder }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
  });
}

const reportOf = (name: string): Record<string, never> => {
  const xml = readFileSync(join(folder, name), 'utf8');
  expect(XMLValidator.validate(xml)).toBe(true);
  return new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '' }).parse(xml);
};

function file(name: string, content: unknown): string {
  writeFileSync(join(folder, name), JSON.stringify(content));
  return name;
}

const golden = (name: string, plan: Step[], more: object = {}) => ({
  name,
  goal: `do ${name}`,
  plan,
  assertions: [{ path: '/status', op: 'equals', value: 'succeeded' }],
  ...more,
});

/** Starts a suite of these tasks. */
async function evaluate(name: string, ...tasks: object[]): Promise<Evaluation> {
  const put = await api.send('POST /eval/suites', { body: { name, tasks } });
  expect(put).toMatchObject({ status: 200, body: { version: 1 } });
  expect(put.headers.get('location')).toBe(`/api/v1/eval/suites/${name}`);
  const started = await api.send('POST /eval/evaluations', { body: { suite: name } });
  expect(started.status).toBe(202);
  const found = evaluation.parse(started.body);
  expect(started.headers.get('location')).toBe(`/api/v1/eval/evaluations/${found.evaluation_id}`);
  return found;
}

function finished({ evaluation_id: evaluationId }: Evaluation): Promise<Evaluation> {
  const look = async () => {
    const { status, body } = await api.send(`GET /eval/evaluations/${evaluationId}`);
    if (status === 503) return false;
    const found = evaluation.parse(body);
    return found.status !== 'running' && found;
  };
  return waitUntil(look, { what: 'the evaluation has finished', timeoutMs: 45_000 });
}

describe('the golden tasks', () => {
  it('pass on the whole stack, cost what their model calls cost, and leave a report', async () => {
    const run = await aos('eval', 'run', '--suite', 'golden', '--junit', 'report.xml', '--json');
    expect({ code: run.code, err: run.err }).toEqual({ code: 0, err: '' });
    const { evaluation: found, gate } = JSON.parse(run.out);
    expect(gate).toEqual({ passed: true, failures: [] });
    const judged = evaluation.parse(found);
    expect(judged).toMatchObject({ suite: 'golden', suite_version: 0, status: 'passed', score: 1 });
    const cost = new Map(judged.tasks.map((task) => [task.task, task.cost_microcents]));
    expect(cost.get('order')).toBe(1_000);
    expect(cost.get('faq')).toBeGreaterThan(0);
    expect(judged.cost_microcents).toBe([...cost.values()].reduce((sum, one) => sum + one, 0));
    expect(reportOf('report.xml')).toMatchObject({
      testsuites: {
        tests: '3',
        failures: '0',
        errors: '0',
        testsuite: { testcase: [{ name: 'faq' }, { name: 'lead' }, { name: 'order' }] },
      },
    });
  });

  it('do not pass a gate that cannot hold', async () => {
    const gate = file('gate.json', { max_cost_cents: 0, must_pass: ['order'] });
    const run = await aos('eval', 'run', '--suite', 'golden', '--task', 'order', '--gate', gate);
    expect(run.code).toBe(1);
    expect(run.out).toContain('it cost 0.001 cents, at most 0 are allowed');
  });
});

describe('a suite of a tenant', () => {
  it('runs from a file and says what does not hold', async () => {
    const tasks = [
      golden('sum', [transform('[1, 2] | add')], {
        assertions: [{ path: '/outcome/output/result', op: 'equals', value: 4 }],
      }),
      golden('broken', [transform('error("no")')]),
    ];
    const run = await aos(
      'eval',
      'run',
      '--suite',
      file('suite.json', { name: 'sums', tasks }),
      '--junit',
      'sums.xml',
    );
    expect(run.code).toBe(1);
    expect(run.out).toContain('/outcome/output/result is 3, expected 4');
    expect(run.out).toContain('(the run ended as failed: skill_failed');
    expect(reportOf('sums.xml')).toMatchObject({ testsuites: { tests: '2', failures: '2' } });
  });

  it('is judged to its end by another process when the one that drove it is killed', async () => {
    const gate = holdAnswers(hooks);
    const tasks = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) =>
      golden(name, [webhook(`${hooks.url}/${name}`)]),
    );
    const started = await evaluate('killed', ...tasks);
    await waitUntil(() => hooks.requests.length === 4, { what: 'as many run as may run at once' });
    await stack.services.eval.kill9();
    const other = await stack.startAnother('eval');
    gate.open();
    expect(await finished(started)).toMatchObject({ status: 'passed', tasks_passed: 6 });
    const paths = hooks.requests.map(({ path }) => path).sort();
    expect(paths).toEqual(['/a', '/b', '/c', '/d', '/e', '/f']);
    await other.stop();
    await stack.services.eval.restart();
  });
});
