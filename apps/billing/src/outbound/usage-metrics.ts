import { Counter, Gauge, type Registry } from '@aos/telemetry';
import type { UsageObserver } from '../application/ports.ts';

/** Metrics of metering; labels are of fixed sets. */
export function usageMetrics(registry: Registry): UsageObserver {
  const registers = [registry];
  const events = new Counter({
    name: 'aos_usage_events_total',
    help: 'Events metered: counted from the stream, repeated there, found late in their owner’s records, or refused',
    labelNames: ['source', 'outcome'],
    registers,
  });
  const reconciledAt = new Gauge({
    name: 'aos_usage_reconciled_timestamp_seconds',
    help: 'When the records of a source were last compared to their end by this process',
    labelNames: ['source'],
    registers,
  });
  return {
    event: (source, outcome) => events.inc({ source, outcome }),
    reconciled: (source) => reconciledAt.setToCurrentTime({ source }),
  };
}
