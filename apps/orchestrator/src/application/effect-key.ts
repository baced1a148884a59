import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { JsonObject } from '../domain/skill/skill.ts';

interface EffectPlace {
  runId: string;
  stepId: string;
  /** Grows with a restart only, so that attempts and takeovers use one key. */
  generation: number;
  /** The effect is that the step's own is undone. */
  isUndoing?: boolean;
}

/**
 * The key under which a step's effect is asked for: a hash of run, step, generation and canonical input (RFC 8785). What
 * undoes it has a place of its own.
 */
export function effectKey({ runId, stepId, generation, isUndoing }: EffectPlace, params: JsonObject): string {
  const place = `${runId}\n${stepId}\n${generation}${isUndoing === true ? '\nundo' : ''}`;
  return hashOf(`${place}\n${canonicalize(params)}`);
}

/** The key of a planning call: a hash of run, key number and which call it is of those that make one plan. */
export function planningKey(runId: string, keyNumber: number, call: number): string {
  return hashOf(`${runId}\nplan\n${keyNumber}\n${call}`);
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
