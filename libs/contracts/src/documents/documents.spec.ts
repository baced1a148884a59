import { describe, expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { COMMANDS, ERRORS, EVENT_DATA, HTTP_ROUTES, STREAMS } from '../index.ts';
import { asyncApiDocument, openApiDocument } from '../index.ts';

const openApi = openApiDocument('1.2.3');
const asyncApi = asyncApiDocument('1.2.3');

const operations = Object.entries(openApi.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    place: `${method.toUpperCase()} ${path}`,
    operation,
  })),
);

/** Every `$ref` in a document. */
function refsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) =>
    key === '$ref' && typeof part === 'string' ? [part] : refsIn(part),
  );
}

function resolve(document: unknown, ref: string): unknown {
  const parts = ref
    .slice(2)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  return parts.reduce<unknown>(
    (place, part) => (typeof place === 'object' && place !== null ? Reflect.get(place, part) : undefined),
    document,
  );
}

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const verdict = await new Validator().validate(structuredClone(openApi) as never);
    expect(verdict.errors ?? []).toEqual([]);
    expect(verdict.valid).toBe(true);
  });

  it('shows every route, under /api/v1 and where it is served at the root too', () => {
    const places = operations.map(({ place }) => place);
    for (const { method, path, alsoAtRoot } of HTTP_ROUTES) {
      const shown = path.replaceAll(/:(\w+)/g, '{$1}');
      expect(places).toContain(`${method} /api/v1${shown}`);
      expect(places.includes(`${method} ${shown}`)).toBe(alsoAtRoot);
    }
  });

  it('shows health and metrics, open to everybody', () => {
    for (const path of ['/health', '/health/ready', '/health/live', '/metrics']) {
      expect(openApi.paths[path]?.['get']?.security).toEqual([]);
      expect(openApi.paths[`/api/v1${path}`]?.['get']?.security).toEqual([]);
    }
  });

  it('has an id of its own for every operation', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('refers only to what is there', () => {
    const refs = refsIn(openApi);
    expect(refs.length).toBeGreaterThan(50);
    expect(refs.filter((ref) => resolve(openApi, ref) === undefined)).toEqual([]);
  });

  it.each(operations.filter(({ operation }) => operation.security === undefined))(
    '$place names each failure of its command and of the way to it under its status',
    ({ place, operation }) => {
      const route = HTTP_ROUTES.find(
        ({ method, path }) =>
          place.replace('/api/v1', '') === `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`,
      );
      for (const code of [...(route?.errors ?? []), 'unauthenticated', 'internal'] as const) {
        const response = operation.responses[String(ERRORS[code].status)];
        expect(response?.description).toContain(`\`${code}\``);
        expect(response?.content).toHaveProperty(['application/problem+json']);
      }
      const type = route?.content === 'artifact' ? '*/*' : 'application/json';
      expect(operation.responses[String(route?.status)]?.content).toHaveProperty([type]);
    },
  );

  it('shows a request body closed and a reply open', () => {
    const { Goal, SubmittedRun } = openApi.components.schemas;
    expect(Goal?.additionalProperties).toBe(false);
    expect(Goal?.required).toEqual(['goal']);
    expect(SubmittedRun?.additionalProperties).toBeUndefined();
  });

  it('shows an artifact as bytes that a client may keep', () => {
    const { responses } = openApi.paths['/api/v1/runs/{run_id}/artifacts/{name}']?.['get'] ?? {};
    expect(responses?.['200']?.content).toEqual({ '*/*': { schema: { type: 'string', format: 'binary' } } });
    expect(responses?.['304']?.headers).toHaveProperty('ETag');
  });

  it('shows the two answers to a submit: made, and made before', () => {
    const submit = openApi.paths['/api/v1/agents/{agent_id}/goals']?.['post'];
    expect(submit?.responses['202']?.headers).toHaveProperty('Location');
    expect(submit?.responses['200']?.headers).toHaveProperty('Idempotency-Replayed');
    expect(submit?.parameters).toContainEqual({ $ref: '#/components/parameters/IdempotencyKey' });
  });
});

describe('the AsyncAPI document', () => {
  it('says what it is', () => {
    expect(asyncApi).toMatchObject({ asyncapi: '3.0.0', info: { title: 'AOS', version: '1.2.3' } });
  });

  it.each(COMMANDS.map((command) => command.subject))('has request and reply of %s', (subject) => {
    const operation = asyncApi.operations[subject];
    expect(operation?.action).toBe('receive');
    expect(operation?.reply?.messages).toHaveLength(1);
    expect(asyncApi.channels[subject]?.address).toBe(subject);
  });

  it.each(Object.keys(EVENT_DATA))('has the event %s, stored and live', (type) => {
    expect(asyncApi.channels['events']?.messages).toHaveProperty([type]);
    expect(asyncApi.channels['live']?.messages).toHaveProperty([type]);
  });

  it('shows every stream', () => {
    const text = JSON.stringify(asyncApi.channels);
    for (const { name } of STREAMS) expect(text).toContain(name);
  });

  it('has an operation on every channel it says something is sent on, with messages of that channel', () => {
    for (const { channel, messages } of Object.values(asyncApi.operations)) {
      expect(resolve(asyncApi, channel.$ref)).toBeDefined();
      for (const { $ref } of messages) expect($ref.startsWith(`${channel.$ref}/messages/`)).toBe(true);
    }
  });

  it('names in parameters exactly what stands in braces in the address', () => {
    for (const { address, parameters } of Object.values(asyncApi.channels)) {
      const named = [...(address ?? '').matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(Object.keys(parameters ?? {}).sort()).toEqual(named.sort());
    }
  });

  it('refers only to what is there', () => {
    const refs = refsIn(asyncApi);
    expect(refs.length).toBeGreaterThan(50);
    expect(refs.filter((ref) => resolve(asyncApi, ref) === undefined)).toEqual([]);
  });
});
