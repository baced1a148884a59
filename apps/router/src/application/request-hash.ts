import { createHash } from 'node:crypto';
import type { LlmRequest } from '@aos/contracts';

/**
 * What is asked of the model, as a hash that does not depend on the order of keys. The cap on the cost is not a part of
 * it: a process that takes a step over may have less budget left and still asks for the same.
 */
export function requestHash(request: LlmRequest): Buffer {
  const { max_cost_microcents: _, ...asked } = request;
  return createHash('sha256').update(JSON.stringify(asked, inKeyOrder)).digest();
}

function inKeyOrder(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)));
}
