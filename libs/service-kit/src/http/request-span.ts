import { openSpan, type Span } from '@aos/telemetry';
import type { FastifyRequest } from 'fastify';
import './fastify-request.ts';

/** A request as a span by OpenTelemetry's HTTP conventions; in the caller's trace where it sent one. */
export function openRequestSpan(request: FastifyRequest): Span {
  const { method, headers, routeOptions, url, protocol } = request;
  const route = routeOptions.url && templateOf(routeOptions.url);
  const [path] = url.split('?');
  return openSpan(route === undefined ? method : `${method} ${route}`, {
    kind: 'server',
    parent: headers.traceparent?.toString(),
    attributes: {
      'http.request.method': method,
      'http.route': route,
      'url.path': path,
      'url.scheme': protocol,
      'aos.request_id': request.id,
    },
  });
}

/** Only what the server did wrong is an error of its span. */
export function endRequestSpan(span: Span, { tenantId }: FastifyRequest, status: number): void {
  span.set({ 'http.response.status_code': status, 'aos.tenant_id': tenantId });
  if (status >= 500) span.fail({ code: String(status), message: '' });
  span.end();
}

/** `/agents/:agent_id/goals` as the API's documents write it: `/agents/{agent_id}/goals`. */
function templateOf(url: string): string {
  return url.replaceAll(/:(\w+)/g, '{$1}');
}
