import OpenAI from 'openai';
import type { Provider } from '../../application/ports.ts';
import { fromOpenAiCompletion } from '../../dialects/openai/read-answer.ts';
import { OpenAiEvents } from '../../dialects/openai/read-events.ts';
import { toOpenAiRequest } from '../../dialects/openai/write-request.ts';
import { callSdk } from './call-sdk.ts';
import { openStream } from './open-stream.ts';
import type { ProviderAccess } from './provider-access.ts';

/** Models by OpenAI's Chat Completions protocol, which many servers speak. */
export function openAiProvider({ apiKey, baseUrl, keyName }: ProviderAccess): Provider {
  const client = new OpenAI({
    // The SDK wants one; a server without keys passes over it.
    apiKey: apiKey === '' ? 'none' : apiKey,
    baseURL: baseUrl,
    organization: null,
    project: null,
    maxRetries: 0,
    logLevel: 'off',
  });
  return {
    complete: ({ model, request, timeoutMs }, signal) =>
      callSdk({
        timeoutMs,
        signal,
        keyName,
        call: async (options) =>
          fromOpenAiCompletion(
            await client.chat.completions.create(toOpenAiRequest(model, request), options),
          ),
      }),
    stream: ({ model, request, timeoutMs }, signal) =>
      openStream({
        timeoutMs,
        signal,
        keyName,
        reader: new OpenAiEvents(),
        open: (aborted) =>
          client.chat.completions.create(
            {
              ...toOpenAiRequest(model, request),
              stream: true,
              // Without it a stream does not tell what it took.
              stream_options: { include_usage: true },
            },
            { signal: aborted, timeout: timeoutMs },
          ),
      }),
  };
}
