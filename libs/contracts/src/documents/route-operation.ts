import { z } from 'zod';
import type { HttpRoute } from '../http/route.ts';
import type { JsonSchema, JsonSchemas } from './json-schemas.ts';
import type { OpenApiOperation, OpenApiParameter, OpenApiResponse } from './openapi-document.ts';
import { problemResponses } from './problem-responses.ts';

const LEVELS = { 1: 'viewer', 2: 'operator', 3: 'team_member', 4: 'manager', 5: 'owner' } as const;
const CREATED = 201;
const REPLAYED = 200;
const NOT_MODIFIED = 304;

type Shape = Readonly<Record<string, z.ZodType>>;

/** A route as an operation; its id is that of the command, or made of method and path, and says so at the root. */
export function routeOperation(route: HttpRoute, prefix: string, schemas: JsonSchemas): OpenApiOperation {
  const requestBody = bodyOf(route, schemas);
  return {
    operationId: operationId(route) + (prefix === '' ? 'AtRoot' : ''),
    summary: route.summary,
    description: `Needs a credential of level ${route.level} (${LEVELS[route.level]}) or above.`,
    tags: [route.tag],
    parameters: [
      ...pathParameters(route, schemas),
      ...queryParameters(route, schemas),
      { $ref: '#/components/parameters/TenantId' },
      ...('idempotency_key' in shapeOf(route.body)
        ? [{ $ref: '#/components/parameters/IdempotencyKey' }]
        : []),
    ],
    ...(requestBody === undefined ? {} : { requestBody }),
    responses: { ...successes(route, schemas), ...problemResponses(route, schemas) },
  };
}

/** `orchestrator.agents.create.v1` → agentsCreate; `POST /admin/api-keys` → postAdminApiKeys */
function operationId({ command, method, path }: HttpRoute): string {
  const words =
    command === undefined
      ? `${method.toLowerCase()}${path}`.split(/\W+/)
      : command.subject
          .split('.')
          .slice(1, -1)
          .flatMap((word) => word.split('-'));
  return words
    .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('');
}

function pathParameters(route: HttpRoute, schemas: JsonSchemas): OpenApiParameter[] {
  const input = shapeOf(route.command?.input);
  return [...route.path.matchAll(/:(\w+)/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: schemas.input(input[name] ?? z.string()),
  }));
}

function queryParameters(route: HttpRoute, schemas: JsonSchemas): OpenApiParameter[] {
  return Object.entries(shapeOf(route.query)).map(([name, schema]) => ({
    name,
    in: 'query',
    required: !isOptional(schema),
    schema: schemas.input(schema),
  }));
}

/** A DELETE has no body, so none is shown even where an empty one is accepted. */
function bodyOf({ method, body }: HttpRoute, schemas: JsonSchemas): OpenApiOperation['requestBody'] {
  if (body === undefined || method === 'DELETE') return undefined;
  return { required: !isOptional(body), content: { 'application/json': { schema: schemas.input(body) } } };
}

function successes(route: HttpRoute, schemas: JsonSchemas): Record<string, OpenApiResponse> {
  if (route.content === 'artifact') return artifactResponses(route);
  const content = { 'application/json': { schema: schemas.output(route.output) } };
  const headers = {
    'X-Request-Id': { $ref: '#/components/headers/RequestId' },
    ...(route.rate === 'none' ? {} : { RateLimit: { $ref: '#/components/headers/RateLimit' } }),
  };
  const location = { Location: { $ref: '#/components/headers/Location' } };
  const isReplayable = 'replayed' in shapeOf(route.output);
  const isLocated = isReplayable || route.status === CREATED;
  const success = {
    description: route.summary,
    headers: { ...headers, ...(isLocated ? location : {}) },
    content,
  };
  if (!isReplayable) return { [route.status]: success };
  const isReplay = { 'Idempotency-Replayed': { $ref: '#/components/headers/IdempotencyReplayed' } };
  const replayed = {
    description: 'The key had been used: the first result, as it is now',
    headers: { ...success.headers, ...isReplay },
    content,
  };
  return { [REPLAYED]: replayed, [route.status]: success };
}

/** The bytes of a file, of whatever type it is. */
function artifactResponses({ summary, status }: HttpRoute): Record<string, OpenApiResponse> {
  const headers = {
    'X-Request-Id': { $ref: '#/components/headers/RequestId' },
    RateLimit: { $ref: '#/components/headers/RateLimit' },
    ETag: { $ref: '#/components/headers/ETag' },
  };
  const schema: JsonSchema = { type: 'string', format: 'binary' };
  return {
    [status]: { description: summary, headers, content: { '*/*': { schema } } },
    [NOT_MODIFIED]: { description: 'It is still what If-None-Match says', headers },
  };
}

/** The fields of an object, also where the object may be left out. */
function shapeOf(schema: z.ZodType | undefined): Shape {
  if (schema instanceof z.ZodOptional && schema.def.innerType instanceof z.ZodType)
    return shapeOf(schema.def.innerType);
  return schema instanceof z.ZodObject ? schema.shape : {};
}

function isOptional(schema: z.ZodType): boolean {
  return schema.safeParse(undefined).success;
}
