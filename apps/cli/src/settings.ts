import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stackFile, type StackFile } from '@aos/contracts';
import { badUsage, unreachable, type Result } from './failure.ts';

/** Where the API is and who asks. */
export interface Settings {
  /** Without a slash at the end. */
  url: string;
  apiKey: string;
  /** Absent: the key's own tenant. */
  tenantId: string | undefined;
  /** Of `/v1/stream`. */
  streamUrl: string;
}

type Environment = Record<string, string | undefined>;

const REALTIME_PORT = '8001';

/** AOS_URL, AOS_API_KEY, AOS_TENANT_ID and AOS_REALTIME_URL; what is unset comes from `.aos/stack.json` found upwards. */
export function readSettings(env: Environment, directory: string): Result<Settings> {
  const found = findStack(directory);
  if (!found.ok) return found;
  const stack = stackFor(env, found.value);
  const url = setting(env, 'AOS_URL') ?? stack?.gateway_url;
  if (url === undefined) {
    return unreachable(
      'No stack is known: start one with `pnpm stack up`, or set AOS_URL and AOS_API_KEY (no .aos/stack.json here or above).',
    );
  }
  if (!isHttpUrl(url)) return badUsage(`AOS_URL: not an http:// or https:// URL: ${url}`);
  const apiKey = setting(env, 'AOS_API_KEY') ?? stack?.api_key;
  if (apiKey === undefined) return unreachable(`AOS_API_KEY is not set, and no key is known for ${url}.`);
  const streamUrl = streamUrlOf(setting(env, 'AOS_REALTIME_URL') ?? stack?.realtime_url, url);
  if (!streamUrl.ok) return streamUrl;
  const isStackKey = setting(env, 'AOS_API_KEY') === undefined;
  const tenantId = setting(env, 'AOS_TENANT_ID') ?? (isStackKey ? stack?.tenant_id : undefined);
  return { ok: true, value: { url: trimSlash(url), apiKey, tenantId, streamUrl: streamUrl.value } };
}

/** A stack's key and addresses belong to that stack: with another AOS_URL they are not used. */
function stackFor(env: Environment, stack: StackFile | undefined): StackFile | undefined {
  const url = setting(env, 'AOS_URL');
  return url === undefined || trimSlash(url) === trimSlash(stack?.gateway_url ?? '') ? stack : undefined;
}

function findStack(directory: string): Result<StackFile | undefined> {
  const file = join(directory, '.aos', 'stack.json');
  if (existsSync(file)) return readStack(file);
  const parent = dirname(directory);
  return parent === directory ? { ok: true, value: undefined } : findStack(parent);
}

function readStack(file: string): Result<StackFile> {
  try {
    return { ok: true, value: stackFile.parse(JSON.parse(readFileSync(file, 'utf8'))) };
  } catch {
    return badUsage(`${file} cannot be read as a stack file; \`pnpm stack up\` writes it anew.`);
  }
}

/** `ws://host:8001/v1/stream` on the API's host unless said otherwise; http addresses and ones without a path are understood. */
function streamUrlOf(realtimeUrl: string | undefined, apiUrl: string): Result<string> {
  if (realtimeUrl !== undefined && !URL.canParse(realtimeUrl)) {
    return badUsage(`AOS_REALTIME_URL: not a URL: ${realtimeUrl}`);
  }
  const url = new URL(realtimeUrl ?? apiUrl);
  if (realtimeUrl === undefined) url.port = REALTIME_PORT;
  url.protocol = url.protocol.replace('http', 'ws');
  if (realtimeUrl === undefined || url.pathname === '/') url.pathname = '/v1/stream';
  return { ok: true, value: url.href };
}

function setting(env: Environment, name: string): string | undefined {
  return env[name] === '' ? undefined : env[name];
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

function trimSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
