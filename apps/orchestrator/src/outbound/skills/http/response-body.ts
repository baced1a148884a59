import { errorOf, fail, succeed, type StructuredOutcome, isDeeperThan, JSON_DEPTH_MAX } from '@aos/contracts';
import type { Json } from '../../../domain/skill/skill.ts';
import type { HttpResponse } from './http-client.ts';

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\b|^text\/json\b/i;

/** The value of a JSON response, the text of any other (also of one that only says it is JSON); null: there is no body. */
export function bodyOf({ headers, text }: HttpResponse): StructuredOutcome<Json> {
  if (text === '') return succeed(null);
  if (!JSON_TYPE.test(headers['content-type'] ?? '')) return succeed(text);
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch {
    return succeed(text);
  }
  if (!isDeeperThan(value, JSON_DEPTH_MAX)) return succeed(value);
  return fail(errorOf('payload_limit', `the response is nested deeper than ${JSON_DEPTH_MAX} levels`));
}
