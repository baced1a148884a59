import { errorOf, fail, invalidRequest, succeed, type StructuredOutcome } from '@aos/contracts';
import { StreamSniffer } from '../../dialects/stream-sniffer.ts';
import { tokensOf } from '../../domain/estimate.ts';
import type { Dialect, Model } from '../../domain/model.ts';
import type { ChooseModel } from '../door/choose-model.ts';
import type { ChosenCall } from '../door/door-call.ts';
import type { OpenCall } from '../door/open-call.ts';
import type { Clock } from '../ports.ts';
import type { SpendRecorder } from '../spend-recorder.ts';
import type { Endpoint } from './endpoint.ts';
import { PassedStream } from './passed-stream.ts';
import type { ClientReply, Underway, Upstream, UpstreamRequest } from './ports.ts';
import { scanRequest, type ScannedRequest } from './scan-request.ts';
import { likelyUsage, settleWhole } from './settle-pass.ts';
import { spliceRequest } from './splice-request.ts';

export interface PassCallParts {
  choose: ChooseModel;
  open: OpenCall;
  upstream: Upstream;
  recorder: SpendRecorder;
  /** Of the configured providers; undefined: there is none of that name. */
  dialectOf: (provider: string) => Dialect | undefined;
  clock: Clock;
  timeoutMs: number;
}

/** A request of a public endpoint, from a caller that was checked. */
interface PublicRequest {
  tenantId: string;
  keyId: string;
  traceparent: string;
  endpoint: Endpoint;
  /** What of the client's headers the provider understands. */
  headers: Readonly<Record<string, string>>;
  body: Buffer;
}

export type PassCall = (request: PublicRequest, client: ClientReply) => Promise<StructuredOutcome<void>>;

const NEVER = new AbortController().signal;

/**
 * A call whose provider speaks the client's own API: bytes pass through in both directions, and only what the door goes
 * by is read. A failure is an outcome as long as nothing has been answered; later ones are told in the stream.
 */
export function passCall(parts: PassCallParts): PassCall {
  return async (request, client) => {
    const { endpoint, tenantId } = request;
    const scanned = scanRequest(request.body, endpoint);
    if (!scanned.ok) return scanned;
    const { model: name, outputTokensMax } = scanned.value;
    const model = parts.choose({ tenantId, kind: endpoint.kind, name, outputTokensMax });
    if (!model.ok) return model;
    const misfit = misfitOf(model.value, endpoint, parts);
    if (misfit !== undefined) return fail(misfit);
    const call = callOf(request, scanned.value, model.value, parts);
    const asked = { request, scanned: scanned.value, call };
    return scanned.value.isStream ? passStream(parts, asked, client) : passWhole(parts, asked, client);
  };
}

interface Asked {
  request: PublicRequest;
  scanned: ScannedRequest;
  call: ChosenCall;
}

/** Why a model cannot be asked at this endpoint. */
function misfitOf({ name, provider }: Model, { dialect, kind }: Endpoint, { dialectOf }: PassCallParts) {
  const spoken = dialectOf(provider);
  if (spoken === undefined) {
    return errorOf('provider_not_configured', `${name} cannot be called: ${provider} is not configured`);
  }
  if (spoken === dialect) return undefined;
  const other = spoken === 'anthropic' ? '/v1/messages' : '/v1/chat/completions';
  const place = kind === 'chat' ? other : 'another endpoint';
  return invalidRequest([{ field: '/model', message: `${name} is served at ${place}` }]);
}

function callOf(
  { tenantId, keyId, traceparent, endpoint, body }: PublicRequest,
  { outputTokensMax }: ScannedRequest,
  model: Model,
  { clock, timeoutMs }: PassCallParts,
): ChosenCall {
  return {
    context: { tenantId, traceparent, deadlineMs: clock.now() + timeoutMs, signal: NEVER },
    purpose: 'client',
    kind: endpoint.kind,
    keyId,
    model,
    inputTokens: tokensOf(body.length),
    outputTokensMax: endpoint.kind === 'embedding' ? 0 : outputTokensMax,
  };
}

function upstreamRequestOf({ request, scanned }: Asked, model: Model, timeoutMs: number): UpstreamRequest {
  const { endpoint, headers } = request;
  const body = spliceRequest(scanned, model, endpoint.dialect);
  return { model, path: endpoint.path, headers, body, timeoutMs };
}

async function passWhole({ open, upstream, recorder }: PassCallParts, asked: Asked, client: ClientReply) {
  let underway: Underway<unknown> | undefined;
  client.onLeave(() => underway?.abort());
  const opened = await open(asked.call, (model, { timeoutMs }) => {
    const fetching = upstream.fetch(upstreamRequestOf(asked, model, timeoutMs));
    underway = fetching;
    return fetching.answered;
  });
  if (!opened.ok) return opened;
  const { answer } = opened.value;
  client.send(answer);
  const sniffed = asked.request.endpoint.usageReader.ofBody(answer.body);
  settleWhole(
    { opened: opened.value, sniffed, likely: likelyUsage(asked.request.body, answer.body) },
    recorder,
  );
  return succeed(undefined);
}

async function passStream({ open, upstream, recorder }: PassCallParts, asked: Asked, client: ClientReply) {
  const { endpoint, body } = asked.request;
  let underway: Underway<unknown> | undefined;
  let passed: PassedStream | undefined;
  client.onLeave(() => {
    // First, so that the provider's end of it is not taken for its loss.
    passed?.leave();
    underway?.abort();
  });
  const opened = await open(asked.call, (model, { timeoutMs }) => {
    const streaming = upstream.stream(upstreamRequestOf(asked, model, timeoutMs));
    underway = streaming;
    return streaming.answered;
  });
  if (!opened.ok) return opened;
  const hidesUsage = endpoint.dialect === 'openai' && !asked.scanned.wantsUsage;
  const sniffer = new StreamSniffer(endpoint.usageReader, { hidesUsage });
  passed = new PassedStream({ opened: opened.value, sniffer, client, recorder, requestBytes: body.length });
  passed.start();
  return succeed(undefined);
}
