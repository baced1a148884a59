import { centsOf } from '@aos/contracts';
import { Counter, Histogram, boundedLabel, type Logger, type Registry } from '@aos/telemetry';
import type { LlmObserver } from '../application/ports.ts';
import { completedData, type Spend } from '../domain/spend.ts';

const SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160];
/** Past these many a label is `other`, so that tenants cannot fill the metrics. */
const TENANTS_MAX = 100;
const AGENTS_MAX = 300;

/** Metrics and log of model calls (API.md §6). */
export function llmObserver(registry: Registry, logger: Logger): LlmObserver {
  const metrics = llmMetrics(registry);
  const labelsOf = boundedLabels();
  return {
    answered: (spend) => {
      const labels = labelsOf({ ...spend, agentId: spend.agentId ?? undefined });
      const { agent_id: _, ...withoutAgent } = labels;
      metrics.invocations.inc({ ...labels, status: 'success' });
      for (const [tokenType, count] of tokensOf(spend)) {
        metrics.tokens.inc({ ...labels, token_type: tokenType }, count);
      }
      metrics.cost.inc(labels, centsOf(spend.costMicrocents));
      metrics.seconds.observe(withoutAgent, spend.latencyMs / 1_000);
    },
    failed: ({ model, tenantId, agentId }, code) => {
      const labels = labelsOf({ provider: model.provider, model: model.name, tenantId, agentId });
      metrics.invocations.inc({ ...labels, status: code });
      logger.warn({ tenant_id: tenantId, model: model.name, code }, 'a model call failed');
    },
    modelIsEnding: ({ model, endOfLife, successor, isOver }) =>
      logger.warn(
        { model, end_of_life: endOfLife, successor },
        isOver
          ? 'a model is asked for that has reached its end of life: the provider may refuse it'
          : 'a model is asked for that will reach its end of life',
      ),
    trouble: (what, error) => logger.warn({ err: error }, `${what} failed and will be tried again`),
    spendLost: (spend, error) =>
      logger.error(
        { err: error, tenant_id: spend.tenantId, spend: completedData(spend) },
        'a paid model call could not be recorded: enter it by hand',
      ),
  };
}

function llmMetrics(registry: Registry) {
  const registers = [registry];
  const who = ['provider', 'model', 'tenant_id', 'agent_id'] as const;
  return {
    tokens: new Counter({
      name: 'nova_llm_tokens_total',
      help: 'Tokens of model calls; input is what was read neither from a cache nor into it',
      labelNames: [...who, 'token_type'],
      registers,
    }),
    cost: new Counter({
      name: 'nova_llm_cost_cents_total',
      help: 'Cost of model calls in cents',
      labelNames: who,
      registers,
    }),
    seconds: new Histogram({
      name: 'nova_llm_duration_seconds',
      help: 'How long answered model calls took',
      labelNames: ['provider', 'model', 'tenant_id'],
      buckets: SECONDS,
      registers,
    }),
    invocations: new Counter({
      name: 'nova_llm_invocations_total',
      help: 'Model calls; status is success or the code of the failure',
      labelNames: [...who, 'status'],
      registers,
    }),
  };
}

interface Caller {
  provider: string;
  model: string;
  tenantId: string;
  agentId: string | undefined;
}

function boundedLabels() {
  const tenant = boundedLabel(TENANTS_MAX);
  const agent = boundedLabel(AGENTS_MAX);
  return ({ provider, model, tenantId, agentId }: Caller) => ({
    provider,
    model,
    tenant_id: tenant(tenantId),
    agent_id: agentId === undefined ? 'none' : agent(agentId),
  });
}

function tokensOf(spend: Spend): [string, number][] {
  const { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens } = spend;
  return [
    ['input', inputTokens - cacheReadTokens - cacheWriteTokens],
    ['cache_read', cacheReadTokens],
    ['cache_write', cacheWriteTokens],
    ['output', outputTokens],
  ];
}
