import { waitUntil } from '@aos/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { hello, openPublicWorld, type PublicWorld } from './public-world.ts';
import { DONE, USAGE_EVENT, chunkEvents } from './upstream.ts';

let world: PublicWorld;

beforeAll(async () => {
  world = await openPublicWorld();
}, 240_000);

beforeEach(() => {
  world.upstream.requests.length = 0;
});

afterAll(() => world.close());

function streamed(...events: string[]): void {
  world.upstream.answerWith((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const event of events) response.write(event);
    response.end();
  });
}

describe('a stream', () => {
  it('asks for the usage and hides it from a client that did not', async () => {
    const { key, tenantId } = world.newKey();
    const chunks = chunkEvents('one', ' "usage" two');
    streamed(...chunks, USAGE_EVENT, DONE);
    const response = await world.post(hello({ stream: true }), { key });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(await response.text()).toBe([...chunks, DONE].join(''));
    expect(JSON.parse(world.upstream.requests[0]?.body ?? '')).toEqual({
      ...hello({ stream: true }),
      stream_options: { include_usage: true },
    });
    expect(await world.spendOf(tenantId)).toMatchObject({
      input_tokens: '42',
      output_tokens: '3',
      is_estimated: false,
    });
  });

  it('shows the usage to a client that asked for it', async () => {
    const chunks = chunkEvents('one');
    streamed(...chunks, USAGE_EVENT, DONE);
    const body = hello({ stream: true, stream_options: { include_usage: true } });
    const response = await world.post(body, { key: world.newKey().key });
    expect(await response.text()).toBe([...chunks, USAGE_EVENT, DONE].join(''));
    expect(world.upstream.requests[0]?.body).toBe(JSON.stringify(body));
  });

  it('is the same however its bytes are cut', async () => {
    const all = Buffer.from([...chunkEvents('ü', '漢'), USAGE_EVENT, DONE].join(''));
    world.upstream.answerWith((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      let at = 0;
      const next = (): void => {
        if (at >= all.length) return void response.end();
        response.write(all.subarray(at, at + 97), () => setImmediate(next));
        at += 97;
      };
      next();
    });
    const { key, tenantId } = world.newKey();
    const response = await world.post(hello({ stream: true }), { key });
    expect(await response.text()).toBe([...chunkEvents('ü', '漢'), DONE].join(''));
    expect(await world.spendOf(tenantId)).toMatchObject({ output_tokens: '3' });
  });

  it('that the provider cuts ends with an error of its API and is charged for what came', async () => {
    const { key, tenantId } = world.newKey();
    world.upstream.answerWith((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(chunkEvents('one', 'two').slice(0, 2).join(''), () => response.destroy());
    });
    const text = await (await world.post(hello({ stream: true }), { key })).text();
    expect(text).toMatch(/data: \{"error":\{"message":.*"code":"upstream_error"\}\}\n\n$/);
    expect(text).not.toContain('[DONE]');
    expect(await world.spendOf(tenantId)).toMatchObject({
      output_tokens: '2',
      status: 'cut',
      is_estimated: true,
    });
  });

  it('whose client leaves is given up at the provider at once, and is charged', async () => {
    const { key, tenantId } = world.newKey();
    world.upstream.answerWith((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(chunkEvents('one')[0] ?? '');
    });
    const gone = new AbortController();
    const response = await world.post(hello({ stream: true }), { key, signal: gone.signal });
    await response.body?.getReader().read();
    const leftAtMs = Date.now();
    gone.abort();
    const [request] = world.upstream.requests;
    const seenAtMs = await waitUntil(() => request?.leftAtMs, { what: 'the provider sees it' });
    // On an idle machine some milliseconds: nothing polls or waits for the next event.
    expect(seenAtMs - leftAtMs).toBeLessThan(2_000);
    expect(await world.spendOf(tenantId)).toMatchObject({ output_tokens: '1', status: 'cancelled' });
  });

  it('of messages tells its usage in two events', async () => {
    const { key, tenantId } = world.newKey();
    const events = [
      {
        type: 'message_start',
        message: { model: 'claude-served', usage: { input_tokens: 10, output_tokens: 1 } },
      },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'The "usage" of it' } },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 9 } },
      { type: 'message_stop' },
    ].map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    streamed(...events);
    const body = { ...hello({ model: 'claude-test' }), max_tokens: 50, stream: true };
    const response = await world.post(body, { path: '/v1/messages', key });
    expect(await response.text()).toBe(events.join(''));
    expect(await world.spendOf(tenantId)).toMatchObject({
      input_tokens: '10',
      output_tokens: '9',
      status: 'complete',
    });
  });
});
