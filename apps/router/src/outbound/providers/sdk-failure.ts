import { APIError as AnthropicError } from '@anthropic-ai/sdk';
import type { ErrorSpec } from '@aos/contracts';
import { APIError as OpenAiError } from 'openai';
import { LOST, failureOfStatus } from './provider-failure.ts';

/** What an SDK threw, as a failure. */
export function failureOfSdk(error: unknown, keyName: string): ErrorSpec {
  const isAnswer = error instanceof AnthropicError || error instanceof OpenAiError;
  if (!isAnswer || typeof error.status !== 'number') return LOST;
  const { status, headers, requestID: requestId } = error;
  return failureOfStatus(
    { status, retryAfter: headers?.get('retry-after'), requestId, words: wordsOf(error) },
    keyName,
  );
}

function wordsOf(error: AnthropicError | OpenAiError): string | undefined {
  if (error instanceof AnthropicError) return error.apiMessage ?? undefined;
  const body: unknown = error.error;
  const isText = typeof body === 'object' && body !== null && 'message' in body;
  return isText && typeof body.message === 'string' ? body.message : undefined;
}
