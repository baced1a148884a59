import { openSpan } from '@aos/telemetry';
import type { Provider } from '../application/ports.ts';

/** Each call is a span with OpenTelemetry's attributes of generative AI; never prompts or answers. */
export function tracedProvider(provider: Provider): Provider {
  return {
    complete: async (call, limits) => {
      const { model, request } = call;
      const span = openSpan(`chat ${model.name}`, {
        kind: 'client',
        parent: limits.traceparent,
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.provider.name': model.provider,
          'gen_ai.request.model': model.name,
          'gen_ai.request.max_tokens': request.max_tokens,
          'aos.llm.purpose': request.purpose,
        },
      });
      const outcome = await provider.complete(call, { ...limits, traceparent: span.traceparent });
      if (outcome.ok) {
        const { responseModel, stopReason, usage } = outcome.value;
        span.set({
          'gen_ai.response.model': responseModel,
          'gen_ai.response.finish_reasons': [stopReason],
          'gen_ai.usage.input_tokens':
            usage.freshInputTokens + usage.cacheReadTokens + usage.cacheWriteTokens,
          'gen_ai.usage.cache_read.input_tokens': usage.cacheReadTokens,
          'gen_ai.usage.cache_creation.input_tokens': usage.cacheWriteTokens,
          'gen_ai.usage.output_tokens': usage.outputTokens,
        });
      } else {
        span.fail(outcome.error);
      }
      span.end();
      return outcome;
    },
  };
}
