import { Counter, Gauge, type Registry } from '@aos/telemetry';

/** What is counted of connections. */
export interface StreamMetrics {
  activeConnections: Gauge;
  backpressureDrops: Counter<'policy'>;
  sendErrors: Counter;
}

export function streamMetrics(registry: Registry): StreamMetrics {
  const registers = [registry];
  return {
    activeConnections: new Gauge({
      name: 'ws_active_connections',
      help: 'Open WebSocket connections',
      registers,
    }),
    backpressureDrops: new Counter({
      name: 'ws_backpressure_drops',
      help: 'Events dropped because a connection did not take them fast enough',
      labelNames: ['policy'] as const,
      registers,
    }),
    sendErrors: new Counter({ name: 'ws_send_errors', help: 'Frames that could not be sent', registers }),
  };
}
