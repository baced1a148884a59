import { z } from 'zod';
import { health } from '../http/health.ts';
import type { HttpRoute } from '../http/route.ts';
import { HTTP_ROUTES } from '../http/routes.ts';
import { idempotencyKey, tenantId } from '../values.ts';
import type { JsonSchemas } from './json-schemas.ts';
import { documentSchemas } from './named-schemas.ts';
import type { OpenApiDocument, OpenApiOperation } from './openapi-document.ts';
import { routeOperation } from './route-operation.ts';

const PREFIX = '/api/v1';
const JSON_TYPE = 'application/json';
const PROMETHEUS_TYPE = 'text/plain';

/** OpenAPI 3.1 of the public HTTP API, made from HTTP_ROUTES. `version` is that of the release. */
export function openApiDocument(version: string): OpenApiDocument {
  const schemas = documentSchemas();
  const paths: OpenApiDocument['paths'] = {};
  for (const route of HTTP_ROUTES) addRoute(paths, route, schemas);
  for (const prefix of [PREFIX, '']) Object.assign(paths, healthPaths(prefix, schemas));
  return {
    openapi: '3.1.1',
    info: {
      title: 'AOS',
      version,
      description:
        'Runs AI agents durably. Errors are problem documents (RFC 9457); lists are read by `limit` and `cursor`; unknown body fields are refused by name.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'This installation' }],
    tags: [...new Set(HTTP_ROUTES.map((route) => route.tag)), 'health'].map((name) => ({ name })),
    security: [{ apiKey: [] }, { bearer: [] }],
    paths,
    components: { ...sharedParts(schemas), schemas: schemas.components() },
  };
}

function addRoute(paths: OpenApiDocument['paths'], route: HttpRoute, schemas: JsonSchemas): void {
  const method = route.method.toLowerCase();
  for (const prefix of route.alsoAtRoot ? [PREFIX, ''] : [PREFIX]) {
    const path = prefix + route.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [method]: routeOperation(route, prefix, schemas) };
  }
}

function healthPaths(prefix: string, schemas: JsonSchemas): OpenApiDocument['paths'] {
  const answer = (description: string) => ({
    description,
    content: { [JSON_TYPE]: { schema: schemas.output(health) } },
  });
  const get = (path: string, summary: string, responses: OpenApiOperation['responses']) => {
    const operationId = `get${path.replaceAll(/\/(\w)/g, (_, letter: string) => letter.toUpperCase())}`;
    return {
      [prefix + path]: {
        get: {
          operationId: prefix === '' ? `${operationId}AtRoot` : operationId,
          summary,
          tags: ['health'],
          security: [],
          responses,
        },
      },
    };
  };
  const whole = { '200': answer('healthy, or degraded and serving'), '503': answer('unhealthy') };
  return {
    ...get('/health', 'How each component is', whole),
    ...get('/health/ready', 'Whether requests may be sent here', whole),
    ...get('/health/live', 'Whether the process answers', { '200': answer('alive') }),
    ...get('/metrics', 'The metrics, as Prometheus reads them', {
      '200': { description: 'the metrics', content: { [PROMETHEUS_TYPE]: { schema: { type: 'string' } } } },
    }),
  };
}

function sharedParts(schemas: JsonSchemas): Omit<OpenApiDocument['components'], 'schemas'> {
  return {
    securitySchemes: {
      apiKey: { type: 'apiKey', in: 'header', name: 'X-AOS-Key', description: 'An API key' },
      bearer: { type: 'http', scheme: 'bearer', description: 'An API key as a bearer token' },
    },
    parameters: {
      TenantId: {
        name: 'X-Tenant-Id',
        in: 'header',
        required: false,
        description: 'The tenant to act for; default: that of the credential',
        schema: schemas.input(tenantId),
      },
      IdempotencyKey: {
        name: 'Idempotency-Key',
        in: 'header',
        required: false,
        description: 'Instead of `idempotency_key` in the body: a repeat answers with the first result',
        schema: schemas.input(idempotencyKey),
      },
    },
    headers: {
      ETag: { description: 'The SHA-256 of the content in hex, in quotes', schema: { type: 'string' } },
      IdempotencyReplayed: {
        description: '`true` where the key had been used: this is the first result',
        schema: { type: 'string', enum: ['true'] },
      },
      Location: { description: 'Where what was made is found', schema: { type: 'string' } },
      RateLimit: {
        description: 'What is left (`r`) and for how many seconds (`t`)',
        schema: { type: 'string' },
      },
      RequestId: { description: 'The id under which the logs know this request', schema: { type: 'string' } },
      RetryAfter: { description: 'Seconds to wait before repeating', schema: schemas.input(z.int().min(0)) },
    },
  };
}
