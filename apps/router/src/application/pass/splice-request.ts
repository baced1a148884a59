import { valueAt, type JsonSpan } from '../../domain/json-scan.ts';
import { upstreamNameOf, type Dialect, type Model } from '../../domain/model.ts';
import type { ScannedRequest } from './scan-request.ts';

interface Splice extends JsonSpan {
  text: string;
}

/**
 * The client's bytes with the few changes that the door makes: the provider's own name of the model, and the usage of a
 * stream, which OpenAI's protocol tells only when asked. Where nothing changes they are the same bytes.
 */
export function spliceRequest(request: ScannedRequest, model: Model, dialect: Dialect): Buffer {
  const { body, fields } = request;
  const splices: Splice[] = [];
  const name = fields.get('model');
  // An alias is the provider's own: only a name of ours is unknown to it.
  if (name !== undefined && model.upstreamName !== undefined) {
    splices.push({ ...name, text: JSON.stringify(upstreamNameOf(model)) });
  }
  if (dialect === 'openai' && request.isStream && !request.wantsUsage) splices.push(usageOption(request));
  return splices.length === 0 ? body : spliced(body, splices);
}

function usageOption({ body, fields }: ScannedRequest): Splice {
  const span = fields.get('stream_options');
  const given = span && valueAt(body, span);
  const options = JSON.stringify({ ...(typeof given === 'object' ? given : {}), include_usage: true });
  if (span !== undefined) return { ...span, text: options };
  // As the first field: an object that asks for a stream is not empty.
  const start = body.indexOf('{') + 1;
  return { start, end: start, text: `"stream_options":${options},` };
}

function spliced(body: Buffer, splices: Splice[]): Buffer {
  const parts: Buffer[] = [];
  let from = 0;
  for (const { start, end, text } of splices.sort((left, right) => left.start - right.start)) {
    parts.push(body.subarray(from, start), Buffer.from(text));
    from = end;
  }
  parts.push(body.subarray(from));
  return Buffer.concat(parts);
}
