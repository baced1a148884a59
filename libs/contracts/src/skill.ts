import { z } from 'zod';
import { microcents, skillName } from './values.ts';

/** ToolSpec: the manifest of a skill, what a planner and a caller must know to use it. */
export const toolSpec = z.object({
  name: skillName,
  version: z.string(),
  description: z.string(),
  /** JSON Schema 2020-12 of `params`. */
  input_schema: z.record(z.string(), z.json()),
  output_schema: z.record(z.string(), z.json()),
  /** Whether a call changes the outside world; `depends_on_params` where the parameters decide. */
  side_effects: z.enum(['none', 'always', 'depends_on_params']),
  /** Whether repeating a call with the same key is harmless. */
  idempotent: z.enum(['never', 'always', 'depends_on_params']),
  /** The output field handed to the next step of a plain sequence. */
  pipe: z.string().optional(),
  /** The parameter that takes the previous step's output in a plain sequence. */
  pipe_into: z.string().optional(),
  /** The skill that undoes a call where the plan's step does not say what does; absent: there is none. */
  compensated_by: skillName.optional(),
  /** What one call costs, fixed. */
  cost_microcents: microcents,
  /** Usual duration of a call, for simulate. */
  latency_ms: z.int().nonnegative(),
  timeout_ms: z.int().positive(),
});

export type ToolSpec = z.infer<typeof toolSpec>;
