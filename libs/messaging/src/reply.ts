import { errorSpec } from '@aos/contracts';

type ErrorSpec = ReturnType<typeof errorSpec.parse>;

/** The wire form of an outcome: itself. */
export const replySchema = {
  parse(body: unknown): { ok: true; value: unknown } | { ok: false; error: ErrorSpec } {
    if (typeof body === 'object' && body !== null && 'ok' in body) {
      if (body.ok === true && 'value' in body) return { ok: true, value: body.value };
      if (body.ok === false && 'error' in body) return { ok: false, error: errorSpec.parse(body.error) };
    }
    throw new Error('not an outcome');
  },
};
