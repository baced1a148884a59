import Anthropic, {
  APIConnectionError,
  APIConnectionTimeoutError,
  APIError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  RateLimitError,
} from '@anthropic-ai/sdk';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { modelError, startModelSandbox, toolAnswer, type ModelSandbox } from '@aos/tooling';

let sandbox: ModelSandbox;
beforeAll(async () => {
  sandbox = await startModelSandbox();
});
afterAll(() => sandbox.close());
afterEach(() => sandbox.respondWith(() => undefined));

const client = (apiKey = 'any') => new Anthropic({ apiKey, baseURL: sandbox.url, maxRetries: 0 });

const HELLO = {
  model: 'claude-sonnet-5',
  max_tokens: 100,
  messages: [{ role: 'user' as const, content: 'Hello' }],
};

const RESPOND = {
  name: 'respond',
  input_schema: {
    type: 'object' as const,
    properties: { category: { enum: ['shipping', 'billing'] }, score: { type: 'integer', maximum: 10 } },
  },
};
const FORCED = { ...HELLO, tools: [RESPOND], tool_choice: { type: 'tool' as const, name: 'respond' } };

describe('the model sandbox, asked by the SDK of Anthropic', () => {
  it('answers with a text that is labelled simulated, and counts tokens by one rule', async () => {
    const { data: message, request_id: requestId } = await client().messages.create(HELLO).withResponse();
    expect(message).toMatchObject({
      type: 'message',
      role: 'assistant',
      model: 'simulated-claude-sonnet-5',
      content: [{ type: 'text', text: 'Simulated answer (no model was called) to: Hello' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 2, output_tokens: 12, cache_read_input_tokens: 0 },
    });
    expect(message.id).toMatch(/^msg_simulated_/);
    expect(requestId).toMatch(/^req_simulated_/);
  });

  it('counts system and turns as input, and keeps what it was asked', async () => {
    const { usage } = await client().messages.create({ ...HELLO, system: 'x'.repeat(395) });
    expect(usage.input_tokens).toBe(100);
    expect(sandbox.requests.at(-1)).toMatchObject({
      headers: { authorization: 'Bearer any' },
      body: { model: 'claude-sonnet-5', system: expect.stringContaining('xxx') },
    });
  });

  it('stops where it is told to', async () => {
    const short = await client().messages.create({ ...HELLO, max_tokens: 2 });
    expect(short).toMatchObject({ content: [{ text: 'Simulate' }], stop_reason: 'max_tokens' });
    const stopped = await client().messages.create({ ...HELLO, stop_sequences: [' answer'] });
    expect(stopped).toMatchObject({ content: [{ text: 'Simulated' }], stop_sequence: ' answer' });
    const cut = await client().messages.create({ ...FORCED, max_tokens: 1 });
    expect(cut).toMatchObject({ content: [{ input: {} }], stop_reason: 'max_tokens' });
  });

  it('calls a forced tool with an object that fits its schema', async () => {
    const asked = {
      ...FORCED,
      messages: [{ role: 'user' as const, content: 'I want a refund. Is it billing?' }],
    };
    const { content, stop_reason } = await client().messages.create(asked);
    expect(stop_reason).toBe('tool_use');
    expect(content).toEqual([
      expect.objectContaining({
        type: 'tool_use',
        name: 'respond',
        input: { category: 'billing', score: 2 },
      }),
    ]);
  });

  it.each([
    { what: 'a text', params: HELLO },
    { what: 'a tool call', params: FORCED },
  ])('streams $what that comes out as when it is not streamed', async ({ params }) => {
    const plain = await client().messages.create(params);
    const streamed = await client().messages.stream(params).finalMessage();
    const { id: _id, content, ...facts } = plain;
    expect(streamed).toMatchObject(facts);
    expect(streamed.content.map((block) => ({ ...block, id: '' }))).toEqual(
      content.map((block) => ({ ...block, id: '' })),
    );
  });

  it('lists models', async () => {
    const { data } = await client().models.list();
    expect(data.map(({ id }) => id)).toContain('claude-sonnet-5');
  });

  it.each([
    { status: 400, type: 'invalid_request_error', error: BadRequestError },
    { status: 401, type: 'authentication_error', error: AuthenticationError },
    { status: 404, type: 'not_found_error', error: NotFoundError },
    { status: 413, type: 'request_too_large', error: APIError },
    { status: 429, type: 'rate_limit_error', error: RateLimitError },
    { status: 500, type: 'api_error', error: InternalServerError },
    { status: 529, type: 'overloaded_error', error: InternalServerError },
  ])('gives a scripted $status as the SDK knows it', async ({ status, type, error }) => {
    sandbox.respondWith(() => modelError(status, 'scripted', { 'retry-after': '7' }));
    const caught = await failureOf(client().messages.create(HELLO));
    expect(caught).toBeInstanceOf(error);
    expect(caught).toMatchObject({
      status,
      type,
      apiMessage: 'scripted',
      error: { request_id: caught.requestID },
    });
    expect(caught.headers?.get('retry-after')).toBe('7');
    expect(caught.requestID).toMatch(/^req_simulated_/);
  });

  it('refuses by itself what Anthropic would refuse', async () => {
    const denied = await failureOf(client('invalid').messages.create(HELLO));
    expect(denied).toMatchObject({ status: 401, apiMessage: 'invalid API key' });
    const unknown = await failureOf(client().messages.create({ ...HELLO, model: 'gpt-9' }));
    expect(unknown).toMatchObject({ status: 404, apiMessage: 'model: gpt-9' });
    const empty = await failureOf(client().messages.create({ ...HELLO, messages: [] }));
    expect(empty).toMatchObject({ status: 400, apiMessage: expect.stringContaining('messages') });
    const noTool = await failureOf(client().messages.create({ ...FORCED, tools: [] }));
    expect(noTool).toMatchObject({ status: 400, apiMessage: expect.stringContaining('respond') });
  });

  it('takes the key in the header that plain HTTP clients use, too', async () => {
    const ask = (key: string) =>
      fetch(`${sandbox.url}/v1/messages`, {
        method: 'POST',
        headers: { 'x-api-key': key, 'anthropic-version': '2023-06-01' },
        body: JSON.stringify(HELLO),
      });
    expect((await ask('any')).status).toBe(200);
    const denied = await ask('invalid');
    expect(denied.status).toBe(401);
    expect(await denied.json()).toMatchObject({ type: 'error', error: { type: 'authentication_error' } });
    expect((await fetch(`${sandbox.url}/v1/unknown`)).status).toBe(404);
  });

  it('can be scripted by what was asked, and can break as networks do', async () => {
    sandbox.respondWith(({ body }) => ({ body: toolAnswer(body, 'respond', { scripted: true }) }));
    expect((await client().messages.create(FORCED)).content).toMatchObject([{ input: { scripted: true } }]);
    sandbox.respondWith(() => 'cut');
    expect(await failureOf(client().messages.create(HELLO))).toBeInstanceOf(APIConnectionError);
    sandbox.respondWith(() => 'hang');
    expect(await failureOf(client().messages.create(HELLO, { timeout: 50 }))).toBeInstanceOf(
      APIConnectionTimeoutError,
    );
    sandbox.respondWith(() => ({ body: {}, delayMs: 5_000 }));
    expect(await failureOf(client().messages.create(HELLO, { timeout: 50 }))).toBeInstanceOf(
      APIConnectionTimeoutError,
    );
  });
});

async function failureOf(call: Promise<unknown>): Promise<InstanceType<typeof APIError>> {
  const error: unknown = await call.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (error instanceof APIError) return error;
  throw new Error(`no error of the API: ${String(error)}`);
}
