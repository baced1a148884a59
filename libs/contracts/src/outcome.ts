import type { ErrorSpec } from './error-spec.ts';

/** What a skill, step or command returns: failure is data, exceptions are bugs. */
export type StructuredOutcome<T> = { ok: true; value: T } | { ok: false; error: ErrorSpec };

export function succeed<T>(value: T): StructuredOutcome<T> {
  return { ok: true, value };
}

export function fail(error: ErrorSpec): { ok: false; error: ErrorSpec } {
  return { ok: false, error };
}
