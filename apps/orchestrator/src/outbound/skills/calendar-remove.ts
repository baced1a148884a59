import { artifactRef, succeed } from '@aos/contracts';
import { z } from 'zod';
import type { Skill } from '../../domain/skill/skill.ts';
import { defineSkill } from './define-skill.ts';

const params = z.strictObject({
  artifact: artifactRef
    .partial({ bytes: true, media_type: true })
    .describe('what calendar_write gave as artifact'),
});

/** `removed`: false where the run has the file no more, or another under its name. */
const output = z.object({ removed: z.boolean() });

/** Takes an event that `calendar_write` wrote out of the run: what undoes that skill. Repeating it is harmless. */
export function calendarRemove(): Skill {
  return defineSkill({
    name: 'calendar_remove',
    version: '0.1.0',
    description: 'Removes a calendar event that calendar_write wrote: its file is no longer one of the run.',
    side_effects: 'none',
    idempotent: 'always',
    cost_microcents: 0,
    latency_ms: 5,
    timeout_ms: 30_000,
    params,
    output,
    hasSideEffects: () => false,
    isIdempotent: () => true,
    run: async ({ artifact: { name, sha256 } }, call) =>
      succeed({ removed: call.dropFile({ name, sha256 }) }),
  });
}
