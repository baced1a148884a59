import { cents, errorOf, fail, microcentsOf, succeed } from '@aos/contracts';
import { z } from 'zod';
import { spendOf, type ModelCalls } from '../../application/model-calls.ts';
import type { JsonObject, Skill } from '../../domain/skill/skill.ts';
import { defineSkill } from './define-skill.ts';

const TOKENS_DEFAULT = 1_024;
/** What an answer of up to TOKENS_DEFAULT tokens usually costs at most: 2 cents. */
const USUAL_COST_MICROCENTS = 2_000_000;

const params = z.strictObject({
  prompt: z.string().min(1).max(400_000),
  system: z.string().max(100_000).optional().describe('what the model is to be and to heed'),
  model: z.string().min(1).max(200).optional().describe("else the tenant's default"),
  max_tokens: z.int().min(1).max(64_000).default(TOKENS_DEFAULT).describe('the most it may write'),
  temperature: z.number().min(0).max(1).optional(),
  schema: z
    .record(z.string(), z.json())
    .optional()
    .describe('JSON Schema of an object that is wanted as the answer, found in json'),
  max_cost_cents: cents.optional().describe('refused before the call where it may cost more'),
});

const output = z.object({
  text: z.string(),
  json: z.json().describe('the object asked for by schema, else null'),
  model: z.string(),
  stop_reason: z.string(),
  input_tokens: z.int(),
  output_tokens: z.int(),
});

/**
 * Asks a model through the router. It changes nothing outside but what is owed, so it counts as a side effect that may be
 * repeated: the intent is durable before the call, and after a takeover the same key gets the answer that was paid.
 * `schema` guides the model; whether the object fits is for the step that reads it.
 */
export function llmInvoke(models: ModelCalls): Skill {
  return defineSkill({
    name: 'llm_invoke',
    version: '1.0.0',
    description: 'Asks a language model and gives its answer as text or, by a JSON Schema, as an object.',
    side_effects: 'always',
    idempotent: 'always',
    pipe: 'text',
    cost_microcents: USUAL_COST_MICROCENTS,
    latency_ms: 3_000,
    timeout_ms: 120_000,
    params,
    output,
    isMetered: true,
    isOnlyPaid: true,
    usualCostMicrocents,
    hasSideEffects: () => true,
    isIdempotent: () => true,
    run: async ({ prompt, schema, max_cost_cents: maxCostCents, ...given }, call) => {
      const budgetMicrocents = Math.max(0, call.budgetMicrocents);
      const ownCap = maxCostCents === undefined ? budgetMicrocents : microcentsOf(maxCostCents);
      const completion = await models.complete({
        tenantId: call.tenantId,
        idempotencyKey: call.idempotencyKey,
        timeoutMs: call.timeoutMs,
        signal: call.signal,
        traceparent: call.traceparent,
        request: {
          ...given,
          purpose: 'skill',
          messages: [{ role: 'user', content: prompt }],
          ...(schema !== undefined && { response_schema: schema }),
          max_cost_microcents: Math.min(ownCap, budgetMicrocents),
          run_id: call.runId,
          agent_id: call.agentId,
        },
      });
      if (!completion.ok) return completion;
      const { content, parsed: json, response_model: model, ...facts } = completion.value;
      // Of an answer that an earlier attempt had, and could not keep, the journal has the cost already.
      const isCharged = facts.replayed && call.chargedMicrocents > 0;
      if (!isCharged) call.charge(spendOf(completion.value));
      if (schema !== undefined && json === null) {
        const reason = `the model gave no JSON (it ended with ${facts.stop_reason})`;
        return fail(errorOf('skill_failed', reason));
      }
      const text = content === '' && json !== null ? JSON.stringify(json) : content;
      const { stop_reason, input_tokens, output_tokens } = facts;
      return succeed({ text, json, model, stop_reason, input_tokens, output_tokens });
    },
  });
}

/** The caller's own cap, else by how much may be written. */
function usualCostMicrocents({ max_cost_cents: cap, max_tokens: tokens }: JsonObject): number {
  if (typeof cap === 'number') return microcentsOf(cap);
  const written = typeof tokens === 'number' ? tokens : TOKENS_DEFAULT;
  return USUAL_COST_MICROCENTS * Math.max(1, Math.ceil(written / TOKENS_DEFAULT));
}
