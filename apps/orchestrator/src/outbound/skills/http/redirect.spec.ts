import { describe, expect, it } from '@jest/globals';
import { nextHop, redirectTarget, type HttpRequest } from './redirect.ts';

const post: HttpRequest = {
  url: 'https://api.example.com/v1/things?x=1',
  method: 'POST',
  headers: {
    authorization: 'Bearer s',
    'x-api-key': 's',
    cookie: 's',
    accept: '*/*',
    'content-type': 'text/plain',
  },
  body: 'hello',
};
const hop = (status: number, location: string, request = post) => {
  const next = nextHop(request, status, location);
  if (!next.ok) throw new Error(next.error.code);
  return next.value;
};

describe('nextHop', () => {
  it('keeps everything within the origin where the method stays', () => {
    expect(hop(307, '../v2')).toEqual({ ...post, url: 'https://api.example.com/v2' });
    expect(hop(308, '/v2', { ...post, method: 'PUT' })).toMatchObject({ method: 'PUT', body: 'hello' });
  });

  it.each([
    'https://other.example.com/',
    'http://api.example.com/',
    'https://api.example.com:8443/',
    '//evil.example',
  ])('takes no credential to another origin: %s', (location) => {
    expect(hop(307, location).headers).toEqual({ accept: '*/*', 'content-type': 'text/plain' });
  });

  it('makes a GET without body of a POST that was moved, and of anything on 303', () => {
    for (const status of [301, 302, 303]) {
      const next = hop(status, '/done');
      expect(next).toMatchObject({ method: 'GET', body: undefined });
      expect(next.headers).not.toHaveProperty('content-type');
    }
    expect(hop(303, '/x', { ...post, method: 'HEAD', body: undefined }).method).toBe('HEAD');
    expect(hop(302, '/x', { ...post, method: 'DELETE' }).method).toBe('DELETE');
  });

  it.each(['file:///etc/passwd', 'javascript:1', 'gopher://x', 'http://'])(
    'goes nowhere but to http: %s',
    (location) => {
      expect(nextHop(post, 302, location)).toMatchObject({ ok: false, error: { code: 'egress_denied' } });
    },
  );

  it('drops a user name and password in the address', () => {
    expect(hop(302, 'https://user:pass@api.example.com/x').url).toBe('https://api.example.com/x');
  });

  it('takes only redirects for redirects', () => {
    expect(redirectTarget(302, '/x')).toBe('/x');
    expect(redirectTarget(304, '/x')).toBeUndefined();
    expect(redirectTarget(201, '/x')).toBeUndefined();
    expect(redirectTarget(302, undefined)).toBeUndefined();
  });
});
