import { llmRequest } from '@aos/contracts';
import {
  modelError,
  startHttpReceiver,
  startModelSandbox,
  type HttpReceiver,
  type ModelSandbox,
} from '@aos/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { objectIn } from '../src/domain/chat/answer-object.ts';
import { chatOfLlmRequest } from '../src/domain/chat/chat-of-llm-request.ts';
import { findModel } from '../src/domain/model.ts';
import { MODELS } from '../src/models/models.ts';
import { anthropicProvider } from '../src/outbound/providers/anthropic.provider.ts';
import { contextOf, requestOf } from './world.ts';

let sandbox: ModelSandbox;
let elsewhere: HttpReceiver;

beforeAll(async () => {
  [sandbox, elsewhere] = await Promise.all([startModelSandbox(), startHttpReceiver()]);
});

beforeEach(() => {
  sandbox.requests.length = 0;
  sandbox.respondWith(() => undefined);
});

afterAll(() => Promise.all([sandbox.close(), elsewhere.close()]));

interface Asked {
  baseUrl?: string;
  apiKey?: string;
  timeoutMs?: number;
  signal?: AbortSignal;
}

function modelNamed(name: string) {
  const model = findModel(MODELS, name);
  if (model === undefined) throw new Error(`the table has lost ${name}`);
  return model;
}

function ask({ baseUrl = sandbox.url, apiKey = 'simulated', timeoutMs = 5_000, signal }: Asked = {}) {
  const model = modelNamed('claude-sonnet-5');
  return anthropicProvider({ apiKey, baseUrl, keyName: 'ANTHROPIC_API_KEY' }).complete(
    { model, request: chatOfLlmRequest(requestOf(), model), timeoutMs },
    signal ?? contextOf().signal,
  );
}

describe('Claude by the Messages protocol', () => {
  it('answers', async () => {
    expect(await ask()).toMatchObject({
      value: { responseModel: 'simulated-claude-sonnet-5', stopReason: 'end_turn' },
    });
  });

  it('refuses a wrong key without showing it', async () => {
    const outcome = await ask({ apiKey: 'invalid' });
    expect(outcome).toMatchObject({
      error: { code: 'upstream_rejected', message: expect.stringContaining('ANTHROPIC_API_KEY') },
    });
  });

  it.each([
    [400, 'upstream_rejected'],
    [404, 'upstream_rejected'],
    [413, 'upstream_rejected'],
    [429, 'rate_limited'],
    [500, 'upstream_error'],
    [529, 'upstream_error'],
  ])('is asked once, also when it answers %i', async (status, code) => {
    sandbox.respondWith(() => modelError(status));
    expect(await ask()).toMatchObject({ error: { code, details: { status } } });
    expect(sandbox.requests).toHaveLength(1);
  });

  it('that cuts the connection has failed', async () => {
    sandbox.respondWith(() => 'cut');
    expect(await ask()).toMatchObject({ error: { code: 'upstream_error', retryable: true } });
    expect(sandbox.requests).toHaveLength(1);
  });

  it('that cannot be reached has failed', async () => {
    const closed = await startHttpReceiver();
    await closed.close();
    expect(await ask({ baseUrl: closed.url })).toMatchObject({ error: { code: 'upstream_error' } });
  });

  it('that never answers is given up after the timeout', async () => {
    sandbox.respondWith(() => 'hang');
    expect(await ask({ timeoutMs: 200 })).toMatchObject({
      error: { code: 'deadline_exceeded', message: expect.stringContaining('200 ms') },
    });
  });

  it('that begins an answer and never ends it is given up after the timeout', async () => {
    // More is announced than comes.
    elsewhere.respondWith(() => ({
      headers: { 'content-type': 'application/json', 'content-length': '1000' },
      body: '{"model": ',
    }));
    const startedMs = performance.now();
    expect(await ask({ baseUrl: elsewhere.url, timeoutMs: 300 })).toMatchObject({
      error: { code: 'deadline_exceeded' },
    });
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });

  it('is given up when nobody waits for it any more', async () => {
    const gone = new AbortController();
    sandbox.respondWith(() => {
      gone.abort();
      return 'hang';
    });
    expect(await ask({ signal: gone.signal })).toMatchObject({ error: { code: 'deadline_exceeded' } });
  });

  it.each([
    ['a page', { headers: { 'content-type': 'text/html' }, body: '<h1>hello</h1>' }],
    ['broken JSON', { headers: { 'content-type': 'application/json' }, body: '{"model": ' }],
    ['another protocol', { headers: { 'content-type': 'application/json' }, body: '{"choices": []}' }],
    ['nothing', { headers: { 'content-type': 'application/json' }, body: '' }],
  ])('that answers %s has failed', async (_what, response) => {
    elsewhere.respondWith(() => response);
    expect(await ask({ baseUrl: elsewhere.url })).toMatchObject({
      error: { code: 'upstream_error', retryable: true },
    });
  });
});

const { ANTHROPIC_API_KEY: realKey, ANTHROPIC_BASE_URL: otherServer } = process.env;

if (realKey !== undefined && realKey !== '' && otherServer === undefined) {
  describe("Anthropic's own API", () => {
    it('answers with an object by a schema', async () => {
      const baseUrl = 'https://api.anthropic.com';
      const provider = anthropicProvider({ apiKey: realKey, baseUrl, keyName: 'ANTHROPIC_API_KEY' });
      const model = modelNamed('claude-sonnet-5');
      const request = llmRequest.parse({
        purpose: 'skill',
        messages: [{ role: 'user', content: 'What is the capital of France?' }],
        max_tokens: 200,
        response_schema: {
          type: 'object',
          properties: { capital: { type: 'string' } },
          required: ['capital'],
        },
      });
      const outcome = await provider.complete(
        { model, request: chatOfLlmRequest(request, model), timeoutMs: 45_000 },
        contextOf().signal,
      );
      expect(outcome.ok && objectIn(outcome.value)).toEqual({ capital: 'Paris' });
    });
  });
}
