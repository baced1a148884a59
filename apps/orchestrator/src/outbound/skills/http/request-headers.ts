import { z } from 'zod';

/** Headers that frame the message or belong to the connection: the client sets them. */
const OWN_HEADERS = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Headers a caller may give (RFC 9110 §5.1, §5.5). */
export const requestHeaders = z
  .record(
    z
      .string()
      .regex(NAME, 'not a header name')
      .refine((name) => !OWN_HEADERS.has(name.toLowerCase()), 'this header cannot be set'),
    z.string().max(8000).regex(VALUE, 'not a header value'),
  )
  .default({});

/** With names in lower case; of two that differ in case only, the last stays. */
export function lowerCaseNames(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
