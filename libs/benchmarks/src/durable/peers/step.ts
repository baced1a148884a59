/** What a worker is asked to run. */
export interface RunRequest {
  id: string;
  /** Without it the steps do nothing. */
  ledgerUrl?: string | undefined;
}

/** The same step for every peer; gives when it began, in ns on the machine's monotonic clock. */
export async function step({ id, ledgerUrl }: RunRequest, number: number): Promise<string> {
  const beganNs = process.hrtime.bigint();
  if (ledgerUrl !== undefined) {
    const headers = { 'idempotency-key': `${id}/${number}` };
    const response = await fetch(`${ledgerUrl}/${id}/${number}`, { method: 'POST', headers });
    await response.text();
  }
  return String(beganNs);
}
