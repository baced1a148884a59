import type { IncomingHttpHeaders } from 'node:http';
import { defaultAnswer } from './default-answer.ts';
import { errorBody } from './error-body.ts';
import { eventStream } from './event-stream.ts';
import { isKnownModel, modelList } from './models.ts';
import { parseMessagesRequest, type MessagesRequest } from './request.ts';
import { simulatedId } from './simulated-id.ts';

/** A call of `POST /v1/messages` as it came. */
export interface ModelRequest {
  headers: IncomingHttpHeaders;
  body: MessagesRequest;
}

export interface Reply {
  /** Default 200. */
  status?: number;
  headers?: Record<string, string>;
  /** Text is sent as it is, anything else as JSON. */
  body: unknown;
  delayMs?: number;
}

/** What is answered: `hang` never anything, `cut` the connection ends without an answer, undefined the sandbox's own. */
export type Respond = (request: ModelRequest) => Reply | 'hang' | 'cut' | undefined;

/** An error as Anthropic's API gives it; for tests that script faults, too. */
export function modelError(
  status: number,
  message = 'simulated error',
  headers: Reply['headers'] = {},
): Reply {
  const requestId = simulatedId('req');
  return {
    status,
    headers: { 'request-id': requestId, ...headers },
    body: errorBody(status, message, requestId),
  };
}

export interface Call {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

const BODY_BYTES_MAX = 32 * 1024 * 1024;

/** Decides the answer to a call; scripted faults come before the checks of the key. */
export function replyTo({ method, path, headers, body }: Call, respond: Respond): Reply | 'hang' | 'cut' {
  const place = `${method} ${path}`;
  if (place === 'GET /v1/models') return deniedFor(headers) ?? { body: modelList() };
  if (place !== 'POST /v1/messages') return modelError(404, `no such endpoint: ${place}`);
  if (body.length > BODY_BYTES_MAX) return modelError(413, 'the request exceeds the maximum size');
  const parsed = parseMessagesRequest(body.toString('utf8'));
  if ('problem' in parsed) return deniedFor(headers) ?? modelError(400, parsed.problem);
  return respond({ headers, body: parsed.request }) ?? deniedFor(headers) ?? answerOf(parsed.request);
}

function deniedFor(headers: IncomingHttpHeaders): Reply | undefined {
  const key = keyOf(headers);
  if (key === '' || key === 'invalid') return modelError(401, 'invalid API key');
  if (headers['anthropic-version'] !== undefined) return undefined;
  return modelError(400, 'anthropic-version: header is required');
}

/** Plain HTTP clients send `x-api-key`, the SDK a bearer token. */
function keyOf({ 'x-api-key': key, authorization = '' }: IncomingHttpHeaders): string {
  return typeof key === 'string' ? key : authorization.replace(/^Bearer /i, '');
}

function answerOf(request: MessagesRequest): Reply {
  if (!isKnownModel(request.model)) return modelError(404, `model: ${request.model}`);
  const message = defaultAnswer(request);
  if (request.stream !== true) return { body: message };
  return { headers: { 'content-type': 'text/event-stream; charset=utf-8' }, body: eventStream(message) };
}
