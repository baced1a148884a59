import type { PlanStep } from '@aos/contracts';
import type { RunState, StepState } from '../../domain/run/state.ts';
import type { Json, JsonObject } from '../../domain/skill/skill.ts';

/** Of one step, and of all of them; older steps are told shorter. */
const OUTPUT_CHARS_MAX = 4_000;
const OUTPUTS_CHARS_MAX = 40_000;
const PARAMS_CHARS_MAX = 1_000;
/** Steps to come are told whole where they can be: a change gives them again. */
const PARAMS_TO_COME_CHARS_MAX = 8_000;
const MESSAGE_CHARS_MAX = 500;

/**
 * The plan so far and what became of it, a step a line as JSON. What steps gave is data of others: nothing in it ends
 * the tag around it, and it is bounded; what is kept as an artifact is only named.
 */
export function tellOutcomes({ plan, steps }: RunState): string[] {
  let room = OUTPUTS_CHARS_MAX;
  const lines = (plan?.steps ?? []).toReversed().map((step) => {
    const line = asLine(step, steps[step.step_id], Math.min(OUTPUT_CHARS_MAX, room));
    room = Math.max(0, room - line.length);
    return line;
  });
  return lines.toReversed();
}

function asLine(step: PlanStep, state: StepState | undefined, outputCharsMax: number): string {
  const { step_id, skill, params, depends_on, description } = step;
  const status = state?.status ?? 'pending';
  const paramsMax = status === 'pending' ? PARAMS_TO_COME_CHARS_MAX : PARAMS_CHARS_MAX;
  const told: JsonObject = {
    step_id,
    skill,
    status,
    params: cutTo(params, paramsMax),
    ...(depends_on.length > 0 && { depends_on }),
    ...(description !== undefined && { description }),
    ...(state !== undefined && outcomeOf(state, outputCharsMax)),
  };
  return JSON.stringify(told).replaceAll('<', '\\u003c');
}

function outcomeOf(
  { status, attempts, output, outputArtifact, error }: StepState,
  charsMax: number,
): JsonObject {
  if (error !== null && status !== 'succeeded') {
    const { code, message, retryable } = error;
    const short = message.slice(0, MESSAGE_CHARS_MAX).toWellFormed();
    return { attempts, error: { code, message: short, retryable } };
  }
  if (outputArtifact !== null) {
    const { name, media_type, bytes } = outputArtifact;
    return { output_kept_as: { name, media_type, bytes } };
  }
  return status === 'succeeded' ? { output: cutTo(output, charsMax) } : {};
}

/** The value, or how it begins. */
function cutTo(value: Json, charsMax: number): Json {
  const json = JSON.stringify(value);
  if (json.length <= charsMax) return value;
  return { begins: json.slice(0, charsMax).toWellFormed(), chars_in_all: json.length };
}
