/** OpenAPI 3.1 of the public API. */
export function openApiDocument(): object {
  return { openapi: '3.1.1', info: { title: 'AOS', version: '0.1.0' }, paths: {} };
}

/** AsyncAPI 3 of events and commands. */
export function asyncApiDocument(): object {
  return { asyncapi: '3.0.0', info: { title: 'AOS', version: '0.1.0' } };
}
