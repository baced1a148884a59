import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { JsonObject } from '../domain/skill/skill.ts';

/** Grows with a restart or a new plan only, so that attempts and takeovers use one key. */
const GENERATION = 1;

/** The key under which a step's effect is asked for: a hash of run, step, generation and canonical input (RFC 8785). */
export function effectKey(runId: string, stepId: string, params: JsonObject): string {
  return hashOf(`${runId}\n${stepId}\n${GENERATION}\n${canonicalize(params)}`);
}

/** The key of a planning call: a hash of run, key number and which call it is of those that make one plan. */
export function planningKey(runId: string, keyNumber: number, call: number): string {
  return hashOf(`${runId}\nplan\n${keyNumber}\n${call}`);
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
