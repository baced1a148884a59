import type { IncomingHttpHeaders } from 'node:http';
import type { Credential } from '../../application/check-key.ts';

/** What of a client's headers changes what a provider does. */
const PASSED_ON = ['anthropic-version', 'anthropic-beta', 'openai-beta'] as const;

const BEARER = /^Bearer +(\S+)$/i;

/** The credential wherever AOS, OpenAI's and Anthropic's SDKs put it; undefined: there is none. */
export function credentialOf(headers: IncomingHttpHeaders): Credential | undefined {
  const [given] = [headers['x-aos-key'] ?? headers['x-api-key']].flat();
  const credential = given ?? BEARER.exec(headers.authorization ?? '')?.[1];
  if (credential === undefined || credential === '') return undefined;
  const [tenantId] = [headers['x-tenant-id']].flat();
  return { credential, tenantId };
}

/** The headers for the provider; its own key is added where it is asked. */
export function passedHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const passed: Record<string, string> = {};
  for (const name of PASSED_ON) {
    const value = headers[name];
    if (typeof value === 'string') passed[name] = value;
  }
  return passed;
}
