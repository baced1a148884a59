import type { IncomingMessage } from 'node:http';
import { problemOf, type StructuredOutcome } from '@aos/contracts';
import { openSpan, type Span } from '@aos/telemetry';
import type { Watcher } from '../application/ports.ts';
import { STREAM_PATH, headerOf, pathOf } from './upgrade-request.ts';

const SWITCHING_PROTOCOLS = 101;

/** An upgrade as a span, in the trace of the caller where it named one. */
export function upgradeSpan(request: IncomingMessage): Span {
  const path = pathOf(request);
  const route = path === STREAM_PATH ? path : undefined;
  return openSpan(route === undefined ? 'GET' : `GET ${route}`, {
    kind: 'server',
    parent: headerOf(request, 'traceparent'),
    attributes: {
      'http.request.method': 'GET',
      'http.route': route,
      'url.path': path,
      'network.protocol.name': 'websocket',
    },
  });
}

/** The span ends when the stream is open or refused, however long it is watched. */
export function endUpgradeSpan(span: Span, verified: StructuredOutcome<Watcher>): void {
  const status = verified.ok ? SWITCHING_PROTOCOLS : problemOf(verified.error).status;
  span.set({
    'http.response.status_code': status,
    'aos.tenant_id': verified.ok ? verified.value.tenantId : undefined,
  });
  if (status >= 500) span.fail({ code: String(status), message: '' });
  span.end();
}
