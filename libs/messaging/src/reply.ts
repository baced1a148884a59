import { errorSpec, type StructuredOutcome } from '@aos/contracts';

/** Reads the wire form of an outcome, which is the outcome itself. Throws where it is none. */
export function readReply(body: unknown): StructuredOutcome<unknown> {
  if (typeof body === 'object' && body !== null && 'ok' in body) {
    if (body.ok === true && 'value' in body) return { ok: true, value: body.value };
    if (body.ok === false && 'error' in body) return { ok: false, error: errorSpec.parse(body.error) };
  }
  throw new Error('not an outcome');
}
