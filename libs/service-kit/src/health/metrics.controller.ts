import type { Registry } from '@aos/telemetry';
import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { METRICS } from '../tokens.ts';

/** The registry as Prometheus reads it. */
@Controller(['metrics', 'api/v1/metrics'])
export class MetricsController {
  constructor(@Inject(METRICS) private readonly metrics: Registry) {}

  @Get()
  async scrape(@Res() reply: FastifyReply): Promise<void> {
    void reply.type(this.metrics.contentType).send(await this.metrics.metrics());
  }
}
