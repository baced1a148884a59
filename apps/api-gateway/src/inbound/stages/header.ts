import type { IncomingHttpHeaders } from 'node:http';

/** The text of a header; several of one name count as the first. */
export function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
