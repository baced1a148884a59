import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { toolSpec } from '../../skill.ts';
/** The skills a plan may use, with their manifests. */
export const skillsList = defineCommand({
  subject: 'orchestrator.skills.list.v1',
  owner: 'orchestrator',
  callers: ['api-gateway'],
  summary: 'The skills a plan may use, with their manifests',
  input: z.strictObject({}),
  output: z.object({
    skills: z.array(z.object({ name: z.string(), version: z.string() })),
    manifest: z.array(toolSpec),
  }),
  errors: [],
  timeoutMs: 10_000,
  idempotent: true,
});
