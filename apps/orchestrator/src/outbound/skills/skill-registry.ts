import type { OrchestratorConfig } from '@aos/contracts';
import type { SendParts } from '../../application/messages/send-message.ts';
import type { ModelCalls } from '../../application/model-calls.ts';
import type { SkillRegistry } from '../../domain/skill/skill.ts';
import { agentInvoke } from './agent-invoke.ts';
import { calendarRemove } from './calendar-remove.ts';
import { calendarWrite } from './calendar-write.ts';
import { egressPolicy } from './egress/egress-policy.ts';
import type { ResolveHost } from './egress/guarded-connector.ts';
import { httpCall } from './http-call.ts';
import { createHttpClient } from './http/http-client.ts';
import { createJqPool } from './jq/jq-pool.ts';
import { createQuerySyntax } from './jq/query-syntax.ts';
import { jsonTransform } from './json-transform.ts';
import { llmInvoke } from './llm-invoke.ts';
import { messageSend } from './message-send.ts';
import { messageWait } from './message-wait.ts';
import { webhookSend } from './webhook-send.ts';
import { webhookSigner } from './webhook-secret.ts';

export type SkillConfig = Pick<
  OrchestratorConfig,
  | 'ENV'
  | 'EGRESS_ALLOW'
  | 'EGRESS_DENY'
  | 'WEBHOOK_KEYS_PATH'
  | 'WEBHOOK_KEY_VERSION'
  | 'DEFAULT_EST_COST_CENTS'
>;

/** What skills reach the world by, beside the network. */
export interface SkillPorts {
  models: ModelCalls;
  messages: SendParts;
  /** Default: as the machine does. */
  resolveHost?: ResolveHost | undefined;
}

/**
 * The built-in skills. Rejects with ConfigurationError where the configuration does not allow to start. Threads and
 * connections of theirs do not keep the process alive.
 */
export async function createSkillRegistry(
  config: SkillConfig,
  { models, messages, resolveHost }: SkillPorts,
): Promise<SkillRegistry> {
  const policy = egressPolicy(config);
  const client = createHttpClient(policy, resolveHost);
  const skills = [
    agentInvoke(() => registry, config.DEFAULT_EST_COST_CENTS),
    calendarRemove(),
    calendarWrite(),
    httpCall(client, policy),
    jsonTransform(createJqPool(), await createQuerySyntax()),
    llmInvoke(models),
    messageSend(messages),
    messageWait(messages.mailbox, messages.clock),
    webhookSend(client, policy, webhookSigner(config)),
  ];
  const registry: SkillRegistry = new Map(skills.map((skill) => [skill.spec.name, skill]));
  return registry;
}
