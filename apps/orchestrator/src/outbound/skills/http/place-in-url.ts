import type { InputIssue } from '@aos/contracts';
import { z } from 'zod';
import type { Json } from '../../../domain/skill/skill.ts';
import type { EgressPolicy } from '../egress/egress-policy.ts';

/** An http or https address without user name and password: those belong into a header. */
export const httpUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL', abort: true })
  .max(8000)
  .refine((url) => {
    const { username, password } = new URL(url);
    return username === '' && password === '';
  }, 'must not hold a user name or password; send them in a header');

/** The issue with the host of the param `url`, as far as it is written out. */
export function forbiddenHost(url: Json | undefined, policy: EgressPolicy): InputIssue[] {
  const parsed = typeof url === 'string' ? URL.parse(url) : null;
  const reason = parsed === null ? undefined : policy.refusalOfHost(parsed.hostname);
  return reason === undefined ? [] : [{ field: '/url', message: reason }];
}
