import { errorOf, fail, succeed, type StructuredOutcome } from '@aos/contracts';
import { z } from 'zod';
import type { ChatAnswer } from '../../domain/chat/chat-answer.ts';
import type { AssistantPart } from '../../domain/chat/chat-part.ts';
import { fromOpenAiUsage, openAiUsage } from './read-usage.ts';
import { fromOpenAiFinishReason } from './stop-reasons.ts';

const message = z.object({
  content: z.string().nullish(),
  refusal: z.string().nullish(),
  /** What the model thought, as vLLM and others tell it. */
  reasoning_content: z.string().nullish(),
  tool_calls: z
    .array(z.object({ id: z.string(), function: z.object({ name: z.string(), arguments: z.string() }) }))
    .nullish(),
});

const completion = z.object({
  id: z.string().max(200),
  model: z.string().max(200),
  choices: z.tuple([z.object({ message, finish_reason: z.string().nullable() })], z.unknown()),
  usage: openAiUsage,
});

/** A chat completion of OpenAI's protocol in no provider's dialect: its first choice. */
export function fromOpenAiCompletion(answer: unknown): StructuredOutcome<ChatAnswer> {
  const read = completion.safeParse(answer);
  if (!read.success)
    return fail(errorOf('upstream_error', "the provider's answer does not keep its protocol"));
  const { id, model, choices, usage } = read.data;
  const [choice] = choices;
  return succeed({
    id,
    responseModel: model,
    content: partsOf(choice.message),
    stopReason: fromOpenAiFinishReason(choice.finish_reason),
    usage: fromOpenAiUsage(usage),
  });
}

function partsOf({
  content,
  refusal,
  reasoning_content: thought,
  tool_calls: calls,
}: z.infer<typeof message>) {
  const parts: AssistantPart[] = [];
  if (thought) parts.push({ type: 'thinking', text: thought });
  if (content) parts.push({ type: 'text', text: content });
  if (refusal) parts.push({ type: 'refusal', text: refusal });
  for (const { id, function: called } of calls ?? []) {
    parts.push({ type: 'tool_use', id, name: called.name, inputJson: called.arguments });
  }
  return parts;
}
