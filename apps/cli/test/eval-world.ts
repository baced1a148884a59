import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { problemOf, type Evaluation, type TaskResult, type ErrorSpec } from '@aos/contracts';
import {
  startHttpReceiver,
  type CannedResponse,
  type HttpReceiver,
  type ReceivedRequest,
} from '@aos/testing';
import { aos, type Finished } from './aos.ts';
import { RUN_ID } from './samples.ts';

export const EVALUATION_ID = '019a2f6e-7c1b-7d11-8a52-0000000000e1';
const TIME = '2026-01-01T00:00:00.000Z';

export const json = (body: unknown, status = 200): CannedResponse => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

export const refused = (error: ErrorSpec): CannedResponse => {
  const problem = problemOf(error, 'r-1');
  return json(problem, problem.status);
};

export const task = (name: string, more: Partial<TaskResult> = {}): TaskResult => ({
  task: name,
  status: 'passed',
  run_id: RUN_ID,
  assertions: [
    {
      path: '/status',
      op: 'equals',
      passed: true,
      expected: 'succeeded',
      actual: 'succeeded',
      message: 'holds',
    },
  ],
  error: null,
  cost_microcents: 250_000,
  latency_ms: 1_200,
  ...more,
});

export const BAD = task('lead', {
  status: 'failed',
  assertions: [
    {
      path: '/outcome/output/score',
      op: 'gte',
      passed: false,
      expected: 60,
      actual: 'low \u0001 <&> ]]>',
      message: '/outcome/output/score is "low", expected a number',
    },
  ],
});
export const BROKEN = task('order', {
  status: 'error',
  run_id: null,
  assertions: [],
  error: 'the goal was refused',
});

export function evaluationOf(tasks: TaskResult[], more: Partial<Evaluation> = {}): Evaluation {
  const passed = tasks.filter(({ status }) => status === 'passed').length;
  return {
    evaluation_id: EVALUATION_ID,
    tenant_id: 'acme',
    suite: 'shop',
    suite_version: 2,
    status: passed === tasks.length ? 'passed' : 'failed',
    score: passed / tasks.length,
    tasks_passed: passed,
    tasks_failed: tasks.length - passed,
    task_count: tasks.length,
    tasks,
    cost_microcents: 500_000,
    cost_cents: 0.5,
    created_at: TIME,
    finished_at: '2026-01-01T00:00:03.000Z',
    ...more,
  };
}

export const pending = (name: string) =>
  task(name, { status: 'pending', run_id: null, assertions: [], cost_microcents: 0, latency_ms: 0 });

/** An API that evaluates, and a folder for files. */
export class EvalWorld {
  readonly #folder = mkdtempSync(join(tmpdir(), 'aos-eval-'));

  private constructor(readonly api: HttpReceiver) {}

  static async start(): Promise<EvalWorld> {
    return new EvalWorld(await startHttpReceiver());
  }

  /** `aos eval …` */
  aos(...args: string[]): Promise<Finished> {
    return aos(['eval', ...args], { AOS_URL: this.api.url, AOS_API_KEY: 'the-key' });
  }

  /** `aos eval run --suite shop …` */
  run(...args: string[]): Promise<Finished> {
    return this.aos('run', '--suite', 'shop', ...args);
  }

  /** The API starts an evaluation, then gives these states, the last one from then on. */
  evaluates(...states: Evaluation[]): void {
    const left = [...states];
    this.api.respondWith(({ method, path, body }) => {
      if (path === '/api/v1/eval/suites') {
        const suite = { task_count: 1, description: null, version: 1, updated_at: TIME };
        return json({ ...suite, ...JSON.parse(body) });
      }
      if (method === 'POST') {
        return json(evaluationOf([pending('faq')], { status: 'running', finished_at: null }), 202);
      }
      return json(left.length > 1 ? left.shift() : left[0]);
    });
  }

  /** The bodies of what was posted to a path. */
  posted(path: string): unknown[] {
    const isPosted = (request: ReceivedRequest) =>
      request.method === 'POST' && request.path === `/api/v1/eval${path}`;
    return this.api.requests.filter(isPosted).map(({ body }): unknown => JSON.parse(body));
  }

  path(name: string): string {
    return join(this.#folder, name);
  }

  /** A file with that content; gives its path. */
  file(name: string, content: string): string {
    writeFileSync(this.path(name), content);
    return this.path(name);
  }

  async stop(): Promise<void> {
    await this.api.close();
    rmSync(this.#folder, { recursive: true });
  }
}
