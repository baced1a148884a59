import { openSpan } from '@aos/telemetry';
import type { ChosenCall } from '../application/door/door-call.ts';
import type { CallSpan } from '../application/door/open-call.ts';
import { inputTokensOf } from '../domain/pricing.ts';

/** Each call is a span with OpenTelemetry's attributes of generative AI; never prompts or answers. */
export function openCallSpan({ model, kind, context, purpose, outputTokensMax }: ChosenCall): CallSpan {
  const operation = kind === 'chat' ? 'chat' : 'embeddings';
  const span = openSpan(`${operation} ${model.name}`, {
    kind: 'client',
    parent: context.traceparent,
    attributes: {
      'gen_ai.operation.name': operation,
      'gen_ai.provider.name': model.provider,
      'gen_ai.request.model': model.name,
      'gen_ai.request.max_tokens': outputTokensMax,
      'aos.llm.purpose': purpose,
    },
  });
  return {
    answered: ({ responseModel, usage, finishReason }) => {
      span.set({
        'gen_ai.response.model': responseModel,
        'gen_ai.response.finish_reasons': finishReason === undefined ? undefined : [finishReason],
        'gen_ai.usage.input_tokens': inputTokensOf(usage),
        'gen_ai.usage.cache_read.input_tokens': usage.cacheReadTokens,
        'gen_ai.usage.cache_creation.input_tokens': usage.cacheWriteTokens,
        'gen_ai.usage.output_tokens': usage.outputTokens,
      });
      span.end();
    },
    failed: (error) => {
      span.fail(error);
      span.end();
    },
  };
}
