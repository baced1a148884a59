import type { Health } from '@aos/contracts';
import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Traffic } from '../traffic.ts';
import { HealthChecks } from './health-checks.ts';

const DRAINING: Health = {
  status: 'unhealthy',
  components: { service: { status: 'unhealthy', latency_ms: 0, detail: 'draining' } },
};

/** 503 when unhealthy; a degraded service still serves. */
@Controller(['health', 'api/v1/health'])
export class HealthController {
  constructor(
    @Inject(HealthChecks) private readonly checks: HealthChecks,
    @Inject(Traffic) private readonly traffic: Traffic,
  ) {}

  @Get()
  async health(@Res() reply: FastifyReply): Promise<void> {
    answer(reply, await this.checks.run());
  }

  /** Whether to send requests here: not while what is critical is missing, not during a drain. */
  @Get('ready')
  async ready(@Res() reply: FastifyReply): Promise<void> {
    answer(reply, this.traffic.isDraining ? DRAINING : await this.checks.run());
  }

  /** Whether the process answers at all; it asks nothing else, so that a lost database restarts nobody. */
  @Get('live')
  live(): Health {
    return { status: 'healthy', components: {} };
  }
}

function answer(reply: FastifyReply, health: Health): void {
  void reply
    .status(health.status === 'unhealthy' ? 503 : 200)
    .header('cache-control', 'no-store')
    .send(health);
}
