import { fail, invalidRequest, succeed, type StructuredOutcome } from '@aos/contracts';
import { scanObject, valueAt, type JsonSpan } from '../../domain/json-scan.ts';
import type { Endpoint } from './endpoint.ts';

/** What of a client's request is read. */
export interface ScannedRequest {
  body: Buffer;
  fields: Map<string, JsonSpan>;
  model: string | undefined;
  isStream: boolean;
  /** Of all answers together that are asked for. */
  outputTokensMax: number | undefined;
  /** The client wants to see the usage of a stream. */
  wantsUsage: boolean;
}

/** Reads the few fields of a request that the door goes by. */
export function scanRequest(body: Buffer, { tokensFields }: Endpoint): StructuredOutcome<ScannedRequest> {
  const fields = scanObject(body);
  if (fields === undefined) {
    return fail(invalidRequest([{ field: '', message: 'must be a JSON object that names no field twice' }]));
  }
  const read = (name: string) => {
    const span = fields.get(name);
    return span === undefined ? undefined : valueAt(body, span);
  };
  const model = read('model');
  if (typeof model !== 'string' || model === '' || model.length > 200) {
    return fail(invalidRequest([{ field: '/model', message: 'must name a model' }]));
  }
  const tokens = tokensFields.map(read).find((value) => value !== undefined && value !== null);
  if (tokens !== undefined && !isCount(tokens)) {
    return fail(invalidRequest([{ field: '/max_tokens', message: 'must be a whole number from 1 on' }]));
  }
  const answers = read('n');
  return succeed({
    body,
    fields,
    model,
    isStream: read('stream') === true,
    outputTokensMax: tokens === undefined ? undefined : tokens * (isCount(answers) ? answers : 1),
    wantsUsage: wantsUsage(read('stream_options')),
  });
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1;
}

function wantsUsage(options: unknown): boolean {
  if (typeof options !== 'object' || options === null) return false;
  return 'include_usage' in options && options.include_usage === true;
}
