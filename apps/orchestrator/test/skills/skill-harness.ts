import { randomUUID } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StructuredOutcome } from '@aos/contracts';
import type { SendParts } from '../../src/application/messages/send-message.ts';
import type { ModelCalls } from '../../src/application/model-calls.ts';
import type { JsonObject, Skill, SkillCall, SkillResult } from '../../src/domain/skill/skill.ts';
import { systemChance, systemClock } from '../../src/outbound/clock.ts';
import {
  createSkillRegistry,
  type SkillConfig,
  type SkillPorts,
} from '../../src/outbound/skills/skill-registry.ts';

export const SECRET = `whsec_${Buffer.from('a secret of thirty-two bytes 123').toString('base64')}`;

/** A folder with a signing secret of the version v1. */
export function keysFolder(content = SECRET): string {
  const folder = mkdtempSync(join(tmpdir(), 'aos-keys-'));
  writeFileSync(join(folder, 'v1'), `${content}\n`);
  return folder;
}

/** Where no model is called. */
export const noModels: ModelCalls = { complete: () => Promise.reject(new Error('no model is to be called')) };

const unwanted = () => Promise.reject(new Error('no mailbox is to be touched'));

/** Where no message is sent. */
export const noMessages: SendParts = {
  mailbox: { send: unwanted, take: unwanted },
  chance: systemChance,
  clock: systemClock,
  wake: async () => undefined,
};

/** A skill of the registry, by default allowed to reach this machine. */
export async function openSkill(
  name: string,
  config: Partial<SkillConfig> = {},
  { models = noModels, messages = noMessages, resolveHost }: Partial<SkillPorts> = {},
): Promise<Skill> {
  const skills = await createSkillRegistry(
    {
      ENV: 'test',
      EGRESS_ALLOW: ['127.0.0.1'],
      EGRESS_DENY: [],
      WEBHOOK_KEYS_PATH: keysFolder(),
      WEBHOOK_KEY_VERSION: 'v1',
      DEFAULT_EST_COST_CENTS: 50,
      ...config,
    },
    { models, messages, resolveHost },
  );
  const skill = skills.get(name);
  if (skill === undefined) throw new Error(`there is no skill ${name}`);
  return skill;
}

export function call(
  skill: Skill,
  params: JsonObject,
  more: Partial<SkillCall> = {},
): Promise<StructuredOutcome<SkillResult>> {
  return skill.execute({
    params,
    idempotencyKey: 'key-1',
    timeoutMs: 10_000,
    signal: new AbortController().signal,
    tenantId: 'acme',
    runId: randomUUID(),
    stepId: 'step_1',
    agentId: randomUUID(),
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    attempt: 1,
    budgetMicrocents: 1_000_000_000,
    chargedMicrocents: 0,
    charge: () => undefined,
    keepFile: () => Promise.reject(new Error('no file is to be kept')),
    dropFile: () => {
      throw new Error('no file is to be dropped');
    },
    ...more,
  });
}
