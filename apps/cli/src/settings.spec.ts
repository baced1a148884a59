import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readSettings } from './settings.ts';

const STACK = {
  gateway_url: 'http://127.0.0.1:8100',
  realtime_url: 'ws://127.0.0.1:8101',
  api_key: 'stack-key',
  admin_key: 'admin-key',
  tenant_id: 'default',
  database_url: '',
  redis_url: '',
  nats_url: '',
  services: {},
};

let root: string;
let deep: string;
let empty: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'aos-settings-'));
  deep = join(root, 'a', 'b');
  mkdirSync(deep, { recursive: true });
  mkdirSync(join(root, '.aos'));
  writeFileSync(join(root, '.aos', 'stack.json'), JSON.stringify(STACK));
  empty = mkdtempSync(join(tmpdir(), 'aos-settings-'));
});

afterAll(() => {
  for (const directory of [root, empty]) rmSync(directory, { recursive: true });
});

describe('readSettings', () => {
  it('finds the stack file upwards', () => {
    expect(readSettings({}, deep)).toEqual({
      ok: true,
      value: {
        url: 'http://127.0.0.1:8100',
        apiKey: 'stack-key',
        tenantId: 'default',
        streamUrl: 'ws://127.0.0.1:8101/v1/stream',
      },
    });
  });

  it('lets the environment win, and takes an empty variable as unset', () => {
    const env = {
      AOS_URL: '',
      AOS_API_KEY: 'mine',
      AOS_TENANT_ID: 'acme',
      AOS_REALTIME_URL: 'https://live.example',
    };
    expect(readSettings(env, deep)).toEqual({
      ok: true,
      value: {
        url: 'http://127.0.0.1:8100',
        apiKey: 'mine',
        tenantId: 'acme',
        streamUrl: 'wss://live.example/v1/stream',
      },
    });
  });

  it("never sends the stack's key to another address", () => {
    expect(readSettings({ AOS_URL: 'https://aos.example' }, deep)).toMatchObject({
      ok: false,
      failure: { exitCode: 3, detail: expect.stringContaining('AOS_API_KEY is not set') },
    });
  });

  it("leaves the tenant to a key of one's own", () => {
    expect(readSettings({ AOS_API_KEY: 'mine' }, deep)).toMatchObject({ value: { tenantId: undefined } });
  });

  it('looks for the stream on port 8001 of the API’s host', () => {
    const env = { AOS_URL: 'https://aos.example/', AOS_API_KEY: 'mine' };
    expect(readSettings(env, empty)).toMatchObject({
      value: { url: 'https://aos.example', streamUrl: 'wss://aos.example:8001/v1/stream' },
    });
  });

  it('says how to get a stack where there is none', () => {
    expect(readSettings({}, empty)).toMatchObject({
      ok: false,
      failure: { exitCode: 3, detail: expect.stringContaining('pnpm stack up') },
    });
  });

  it.each([
    [{ AOS_URL: 'localhost:8000', AOS_API_KEY: 'k' }, 'AOS_URL'],
    [{ AOS_URL: 'ftp://x', AOS_API_KEY: 'k' }, 'AOS_URL'],
    [{ AOS_URL: 'http://x', AOS_API_KEY: 'k', AOS_REALTIME_URL: 'x y' }, 'AOS_REALTIME_URL'],
  ])('names the variable that cannot be used: %j', (env, name) => {
    expect(readSettings(env, empty)).toMatchObject({
      ok: false,
      failure: { exitCode: 2, detail: expect.stringContaining(name) },
    });
  });
});
