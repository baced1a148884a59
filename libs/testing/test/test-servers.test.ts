import { describe, expect, it } from '@jest/globals';
import { startHttpReceiver } from '@aos/testing';

describe('the HTTP receiver', () => {
  it('keeps what it gets and answers what it is told', async () => {
    const receiver = await startHttpReceiver();
    receiver.respondWith(({ path }) => ({ status: path === '/teapot' ? 418 : 200, body: 'hi' }));
    const reply = await fetch(`${receiver.url}/teapot`, { method: 'POST', body: '{"a":1}' });
    expect(reply.status).toBe(418);
    expect(await reply.text()).toBe('hi');
    expect(receiver.requests).toMatchObject([{ method: 'POST', path: '/teapot', body: '{"a":1}' }]);
    await receiver.close();
    await expect(fetch(receiver.url)).rejects.toThrow('fetch failed');
  });
});
