/** When a run was admitted, as its time-ordered id says (UUIDv7, RFC 9562 §5.7: 48 bits of Unix milliseconds). */
export function runTime(runId: string): Date {
  return new Date(Number.parseInt(runId.replaceAll('-', '').slice(0, 12), 16));
}

/** The UTC date inside a run id, `YYYY-MM-DD`. */
export function runDay(runId: string): string {
  return runTime(runId).toISOString().slice(0, 10);
}
