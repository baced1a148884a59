import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { resourceFromAttributes, type Resource } from '@opentelemetry/resources';
import { keyValues } from './key-values.ts';
import type { TracingOptions } from './start-tracing.ts';

/** Who sends the spans. What the environment says wins, of the name its own variable. */
export function resourceOf({ service, version, config }: TracingOptions): Resource {
  const name = config.OTEL_SERVICE_NAME;
  return resourceFromAttributes({
    'service.name': `aos-${service}`,
    'service.version': version,
    'service.instance.id': randomUUID(),
    'host.name': hostname(),
    'process.pid': process.pid,
    ...keyValues(config.OTEL_RESOURCE_ATTRIBUTES),
    ...(name === undefined ? {} : { 'service.name': name }),
  });
}
