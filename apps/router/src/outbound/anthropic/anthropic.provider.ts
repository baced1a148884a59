import Anthropic from '@anthropic-ai/sdk';
import { errorOf, fail } from '@aos/contracts';
import type { Provider } from '../../application/ports.ts';
import { fromAnthropicMessage } from './anthropic-answer.ts';
import { toFailure } from './anthropic-failure.ts';
import { toAnthropicRequest } from './anthropic-request.ts';

interface AnthropicOptions {
  apiKey: string;
  baseUrl: string;
}

/**
 * Claude, by Anthropic's Messages protocol. Nothing is retried here: whoever asks knows its own budget, deadline and
 * policy of retries, and repeats by its idempotency key.
 */
export function anthropicProvider({ apiKey, baseUrl }: AnthropicOptions): Provider {
  const client = new Anthropic({
    apiKey,
    baseURL: baseUrl,
    maxRetries: 0,
    // Spans are made where the provider is called, and what is logged is decided there, too.
    openTelemetry: false,
    logLevel: 'off',
  });
  return {
    complete: async (call, { timeoutMs, signal }) => {
      const timeout = AbortSignal.timeout(timeoutMs);
      try {
        // The SDK's own timeout ends with the headers of the answer, this signal with its body.
        const message = await client.messages.create(toAnthropicRequest(call), {
          timeout: timeoutMs,
          signal: AbortSignal.any([signal, timeout]),
        });
        return fromAnthropicMessage(message, { hasSchema: call.request.response_schema !== undefined });
      } catch (error) {
        if (timeout.aborted) {
          return fail(errorOf('deadline_exceeded', `the provider did not answer within ${timeoutMs} ms`));
        }
        if (signal.aborted) return fail(errorOf('deadline_exceeded', 'the call was given up'));
        return fail(toFailure(error));
      }
    },
  };
}
