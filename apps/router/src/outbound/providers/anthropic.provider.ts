import Anthropic from '@anthropic-ai/sdk';
import type { Provider } from '../../application/ports.ts';
import { fromAnthropicMessage } from '../../dialects/anthropic/read-answer.ts';
import { AnthropicEvents } from '../../dialects/anthropic/read-events.ts';
import { toAnthropicRequest } from '../../dialects/anthropic/write-request.ts';
import { callSdk } from './call-sdk.ts';
import { openStream } from './open-stream.ts';
import type { ProviderAccess } from './provider-access.ts';

/** Models by Anthropic's Messages protocol. */
export function anthropicProvider({ apiKey, baseUrl, keyName }: ProviderAccess): Provider {
  const client = new Anthropic({
    apiKey,
    baseURL: baseUrl,
    maxRetries: 0,
    // Spans are made where the provider is called, and what is logged is decided there, too.
    openTelemetry: false,
    logLevel: 'off',
  });
  return {
    complete: ({ model, request, timeoutMs }, signal) =>
      callSdk({
        timeoutMs,
        signal,
        keyName,
        call: async (options) =>
          fromAnthropicMessage(await client.messages.create(toAnthropicRequest(model, request), options)),
      }),
    stream: ({ model, request, timeoutMs }, signal) =>
      openStream({
        timeoutMs,
        signal,
        keyName,
        reader: new AnthropicEvents(),
        open: (aborted) =>
          client.messages.create(
            { ...toAnthropicRequest(model, request), stream: true },
            { signal: aborted, timeout: timeoutMs },
          ),
      }),
  };
}
