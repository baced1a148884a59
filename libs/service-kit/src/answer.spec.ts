import {
  errorOf,
  fail,
  runsCancel,
  runsGet,
  type Command,
  type InputOf,
  type RequestContext,
} from '@aos/contracts';
import type { CommandHandler, Messaging } from '@aos/messaging';
import { describe, expect, it } from '@jest/globals';
import { answer, answerAnonymous, answersWith } from './answer.ts';

class ArchiveLostError extends Error {}

const CONTEXT: RequestContext = {
  tenantId: 'acme',
  actor: { id: 'key:1', level: 3 },
  requestId: 'request-1',
  deadlineMs: 0,
  traceparent: '',
  signal: new AbortController().signal,
};
const RUN = { run_id: '0193b0a0-0000-7000-8000-000000000001' };

interface Kept {
  ask: () => Promise<unknown>;
  isAnonymous: boolean;
}

/** Keeps what answers each command, and whether its tenant is known. */
function listening() {
  const kept = new Map<string, Kept>();
  const keep =
    (isAnonymous: boolean): Messaging['answer'] =>
    <C extends Command>(command: C, handler: CommandHandler<C>) =>
      void kept.set(command.subject, { ask: () => handler(CONTEXT, RUN as InputOf<C>), isAnonymous });
  return { kept, messaging: { answer: keep(false), answerAnonymous: keep(true) } };
}

async function ask(failing: unknown, { answer } = answersWith()) {
  const { kept, messaging } = listening();
  answer(messaging, runsGet, () => Promise.reject(failing));
  return kept.get(runsGet.subject)?.ask();
}

describe('answering commands', () => {
  it('passes on what the use case answers', async () => {
    const { kept, messaging } = listening();
    const seen: unknown[] = [];
    answer(messaging, runsGet, async (context, input) => {
      seen.push(context, input);
      return fail(errorOf('not_found', 'no run'));
    });
    const outcome = await kept.get(runsGet.subject)?.ask();
    expect(outcome).toMatchObject({ ok: false, error: { code: 'not_found' } });
    expect(seen).toEqual([CONTEXT, RUN]);
  });

  it('says of a database that is away that the same may work a moment later', async () => {
    const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    expect(await ask(away)).toMatchObject({
      ok: false,
      error: { code: 'unavailable', retryable: true, retry_after_ms: 1_000 },
    });
  });

  it('leaves bugs to the log', async () => {
    await expect(ask(new TypeError('a bug'))).rejects.toThrow('a bug');
  });

  it('says what the service knows of its other stores', async () => {
    const failureOf = (error: unknown) =>
      error instanceof ArchiveLostError
        ? errorOf('unavailable', 'archived', { retryAfterMs: 5_000 })
        : undefined;
    const answers = answersWith(failureOf);
    expect(await ask(new ArchiveLostError(), answers)).toMatchObject({
      error: { message: 'archived', retry_after_ms: 5_000 },
    });
    await expect(ask(new TypeError('a bug'), answers)).rejects.toThrow('a bug');
  });

  it('keeps commands about all tenants apart', () => {
    const { kept, messaging } = listening();
    answer(messaging, runsGet, async () => fail(errorOf('not_found', 'no run')));
    answerAnonymous(messaging, runsCancel, async () => fail(errorOf('not_found', 'no run')));
    expect(kept.get(runsGet.subject)?.isAnonymous).toBe(false);
    expect(kept.get(runsCancel.subject)?.isAnonymous).toBe(true);
  });
});
