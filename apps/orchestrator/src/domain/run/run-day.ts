/** The UTC date inside a time-ordered run id (UUIDv7, RFC 9562 §5.7: 48 bits of Unix milliseconds), `YYYY-MM-DD`. */
export function runDay(runId: string): string {
  const unixMs = Number.parseInt(runId.replaceAll('-', '').slice(0, 12), 16);
  return new Date(unixMs).toISOString().slice(0, 10);
}
