import {
  errorOf,
  fail,
  id,
  invalidRequest,
  issuesOf,
  succeed,
  type HttpRoute,
  type InputIssue,
  type StructuredOutcome,
  isDeeperThan,
  JSON_DEPTH_MAX,
} from '@aos/contracts';
import { z } from 'zod';

/** The parts of a request that make its input. */
export interface RequestParts {
  params: Record<string, string>;
  query: Record<string, unknown>;
  body: unknown;
  /** From the Idempotency-Key header. */
  idempotencyKey: string | undefined;
}

type Fields = Record<string, unknown>;
export type ReadInput = (parts: RequestParts) => StructuredOutcome<Fields>;

const uuid = z.compile(id);

/** Parameters of query and path that are numbers in the input of the command. */
const NUMERIC = ['limit', 'after', 'older_than_seconds', 'sequence'];

/** Query parameters that are true or false in the input of the command. */
const BOOLEAN_QUERY = ['all_tenants'];

/** Query parameters that are lists in the input of the command; written with commas. */
const LIST_QUERY = ['group_by'];

/** Compiles for one route: path parameters, query and body as one input. The result is not yet checked by the schema of the command. */
export function inputStage(route: HttpRoute): ReadInput {
  const querySchema = z.compile(route.query ?? z.strictObject({}));
  const takesIdempotencyKey =
    route.command?.input instanceof z.ZodObject && 'idempotency_key' in route.command.input.shape;
  return ({ params, query, body, idempotencyKey }) => {
    const strangeId = Object.entries(params).some(
      ([name, value]) => name.endsWith('_id') && !uuid.safeParse(value).success,
    );
    if (strangeId) return fail(errorOf('not_found', 'There is no resource with such an id.'));
    const fields = bodyFields(body, params);
    if (!fields.ok) return fields;
    const asked = querySchema.safeParse(query);
    if (!asked.success) return fail(invalidRequest(issuesOf(asked.error)));
    const merged = { ...converted(query), ...fields.value, ...converted(params) };
    return takesIdempotencyKey ? withIdempotencyKey(merged, idempotencyKey) : succeed(merged);
  };
}

function bodyFields(body: unknown, params: Record<string, string>): StructuredOutcome<Fields> {
  if (body === undefined) return succeed({});
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return fail(invalidRequest([{ field: '', message: 'must be a JSON object' }]));
  }
  if (isDeeperThan(body, JSON_DEPTH_MAX)) {
    return fail(invalidRequest([{ field: '', message: `must not be nested deeper than ${JSON_DEPTH_MAX}` }]));
  }
  const repeated = Object.keys(body).filter((name) => Object.hasOwn(params, name));
  if (repeated.length > 0) return fail(invalidRequest(repeated.map(inPathAlready)));
  return succeed({ ...body });
}

function inPathAlready(name: string): InputIssue {
  return { field: `/${name}`, message: 'unknown field; it is in the path already, remove it' };
}

/** Query and path are text; the input of a command is not. */
function converted(query: Fields): Fields {
  const given = (names: readonly string[]) => names.filter((name) => query[name] !== undefined);
  const changed: [string, unknown][] = [
    ...given(NUMERIC).map((name): [string, number] => [name, Number(query[name])]),
    ...given(BOOLEAN_QUERY).map((name): [string, boolean] => [name, query[name] === 'true']),
    ...given(LIST_QUERY).map((name): [string, string[]] => [name, String(query[name]).split(',')]),
  ];
  return changed.length === 0 ? query : { ...query, ...Object.fromEntries(changed) };
}

/** Header and body may both carry the key if they say the same. */
function withIdempotencyKey(merged: Fields, header: string | undefined): StructuredOutcome<Fields> {
  if (header === undefined) return succeed(merged);
  const inBody = merged['idempotency_key'];
  if (inBody === undefined || inBody === header) return succeed({ ...merged, idempotency_key: header });
  return fail(
    invalidRequest([
      { field: '/idempotency_key', message: 'differs from the Idempotency-Key header; send one of them' },
    ]),
  );
}
