import {
  errorOf,
  fail,
  invalidRequest,
  succeed,
  type DeadLetterOutcomes,
  type InputOf,
  type RequestContext,
  type StructuredOutcome,
  type opsDeadLettersReplay,
} from '@aos/contracts';
import { replayVerdict } from '../../domain/ops/dead-letter.ts';
import type { Audit } from './audit.ts';
import type { DeadLetter, DeadLetters } from './dead-letters.ts';
import { platformOnly } from './platform-only.ts';
import { readOn } from './read-dead-letters.ts';

interface DeadLetterParts {
  letters: DeadLetters;
  audit: Audit;
}

type Chosen = InputOf<typeof opsDeadLettersReplay>;

/** Publishes dead letters once more where they came from, then takes them out; what fails stays. */
export function replayDeadLetters({ letters, audit }: DeadLetterParts) {
  return async (context: RequestContext, chosen: Chosen): Promise<StructuredOutcome<DeadLetterOutcomes>> => {
    const refusal = platformOnly(context);
    if (refusal !== undefined) return refusal;
    const picked = await pick(letters, chosen);
    if (!picked.ok) return picked;
    const data: DeadLetterOutcomes['data'] = [];
    for (const letter of picked.value.letters) data.push(await replay(letters, letter));
    const replayed = data.filter(({ outcome }) => outcome === 'replayed').length;
    const target = chosen.consumer ?? String(chosen.sequence);
    audit(context, { action: 'dead-letters.replay', target, detail: `${replayed} of ${data.length}` });
    return succeed({ replayed, failed: data.length - replayed, data, more: picked.value.more });
  };
}

/** Deletes a dead letter for good. */
export function deleteDeadLetter({ letters, audit }: DeadLetterParts) {
  return async (
    context: RequestContext,
    { sequence }: { sequence: number },
  ): Promise<StructuredOutcome<{ sequence: number }>> => {
    const refusal = platformOnly(context);
    if (refusal !== undefined) return refusal;
    if (!(await letters.delete(sequence))) return fail(errorOf('not_found', `no dead letter ${sequence}`));
    audit(context, { action: 'dead-letters.delete', target: String(sequence) });
    return succeed({ sequence });
  };
}

/** All are read before any is published: one that fails again is buried behind them and not met twice. */
async function pick(
  letters: DeadLetters,
  { sequence, consumer, limit }: Chosen,
): Promise<StructuredOutcome<{ letters: DeadLetter[]; more: boolean }>> {
  if ((sequence === undefined) === (consumer === undefined))
    return fail(invalidRequest([{ field: '/consumer', message: 'name either a sequence or a consumer' }]));
  if (sequence === undefined) {
    const found = await readOn(letters, { from: 1, consumer, limit: limit + 1 });
    return succeed({ letters: found.slice(0, limit), more: found.length > limit });
  }
  const letter = await letters.get(sequence);
  return letter === undefined
    ? fail(errorOf('not_found', `no dead letter ${sequence}`))
    : succeed({ letters: [letter], more: false });
}

/** First stored, then deleted: after a crash in between it is met again, and its readers know its event. */
async function replay(letters: DeadLetters, letter: DeadLetter): Promise<DeadLetterOutcomes['data'][number]> {
  const { sequence } = letter;
  const verdict = replayVerdict(letter.deadSubject, letter.subject);
  if (verdict.kind === 'refuse') return { sequence, outcome: 'failed', detail: verdict.message };
  await letters.republish(letter, verdict.subject);
  await letters.delete(sequence);
  return { sequence, outcome: 'replayed', detail: null };
}
